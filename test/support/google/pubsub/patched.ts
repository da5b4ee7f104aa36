import { CODE } from "../grpc/codes.ts";
import { RpcError } from "../grpc/rpc-error.ts";

/** google.protobuf.FieldMask, as it is on the wire: snake_case or camelCase paths. */
export interface FieldMask {
  readonly paths: readonly string[];
}

/** `kept` with the fields of `wished` that the mask names; INVALID_ARGUMENT without a path, or for one of `fixed`. */
export function patched<Settings extends object>(
  kept: Settings,
  wished: Settings,
  mask: FieldMask | null,
  fixed: readonly string[],
): Settings {
  const names = (mask?.paths ?? []).map((path) => camelCase(path.split(".")[0] ?? ""));
  if (names.length === 0) throw new RpcError(CODE.invalidArgument, "an update needs an update_mask");
  const wrong = names.find((name) => fixed.includes(name) || !(name in wished));
  if (wrong !== undefined) throw new RpcError(CODE.invalidArgument, `${wrong} cannot be updated`);
  const changes = Object.entries(wished).filter(([name]) => names.includes(name));
  return { ...kept, ...Object.fromEntries(changes) };
}

function camelCase(name: string): string {
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
