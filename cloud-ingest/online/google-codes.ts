import { codeOf } from "../../firmware-config/kit/errors.ts";

/** No credentials, or none that are accepted. */
export const UNAUTHENTICATED = { grpc: 16, http: 401 } as const;
export const GRPC = { notFound: 5, permissionDenied: 7 } as const;
/** How an emulator says that it knows nothing of rights: UNIMPLEMENTED, Not Found, Method Not Allowed, Not Implemented. */
export const NOT_ASKED: readonly unknown[] = [12, 404, 405, 501];

/** The code of what a client throws, or of what an error of ours was caused by. */
export function googleCodeOf(error: unknown): unknown {
  const code = codeOf(error);
  if (typeof code === "number") return code;
  return error instanceof Error ? googleCodeOf(error.cause) : undefined;
}
