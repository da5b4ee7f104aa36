import { safeText } from "../../firmware-config/kit/safe-text.ts";

/** A payload as people read it: JSON in lines, other text as it is, other bytes as `\xff`. */
export function payloadText(payload: Uint8Array): string {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(payload);
    return safeText(prettyJson(text) ?? text);
  } catch {
    return Array.from(payload, byteText).join("");
  }
}

function prettyJson(text: string): string | undefined {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    // Not JSON, or nested too deep to be printed.
    return undefined;
  }
}

function byteText(byte: number): string {
  if (byte >= 0x20 && byte < 0x7f) return String.fromCharCode(byte);
  return byte === 0x0a ? "\n" : `\\x${byte.toString(16).padStart(2, "0")}`;
}
