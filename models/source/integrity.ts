import { createHash } from "node:crypto";

/** True when the bytes are what npm's integrity string (`sha512-...`) promises. */
export function matchesIntegrity(bytes: Uint8Array, integrity: string): boolean {
  return `sha512-${createHash("sha512").update(bytes).digest("base64")}` === integrity;
}

/** SHA-256 in hexadecimal. */
export function sha256Of(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
