import { AppError, messageOf } from "../../firmware-config/kit/errors.ts";

/** gRPC codes that say what to do; see google.rpc.Code. */
const NOT_FOUND = 5;
const PERMISSION_DENIED = 7;
const UNAUTHENTICATED = 16;

/** What was asked of Pub/Sub, for people. */
export interface Asked {
  /** `topic kazoe of project shop`. */
  readonly place: string;
  /** The role that an account needs for it. */
  readonly role: string;
}

/** Pub/Sub's refusal in words that say where and what to do; no credential stands in it. */
export function pubSubError(error: unknown, { place, role }: Asked): AppError {
  const hint = hintOf(codeOf(error), place, role);
  return new AppError(`Cannot use Pub/Sub's ${place}: ${messageOf(error)}`, {
    ...{ code: "BUS_UNREACHABLE", hint, retryable: true, cause: error },
  });
}

function codeOf(error: unknown): unknown {
  return typeof error === "object" && error !== null && "code" in error ? error.code : undefined;
}

function hintOf(code: unknown, place: string, role: string): string {
  if (code === NOT_FOUND) return `Make the ${place}, or name the right one under "bus".`;
  if (code === PERMISSION_DENIED) return `Give the account of this process the role ${role} on the ${place}.`;
  if (code === UNAUTHENTICATED)
    return "Renew the credentials of this process (GOOGLE_APPLICATION_CREDENTIALS or the machine's service account).";
  return "It is tried again; nothing acknowledged is lost. When it stays, look at the network and Google Cloud's status.";
}
