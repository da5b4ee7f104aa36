import { createHash } from "node:crypto";

/** A tag that changes with what it stands for. */
export function etagOf(thing: object): string {
  return createHash("sha256").update(JSON.stringify(thing)).digest("base64url").slice(0, 22);
}
