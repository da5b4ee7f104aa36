/** Control and format characters but tab and line end: a stranger's text must neither steer a terminal nor turn its writing. */
const UNSAFE = /[^\P{Cc}\t\n]|[\p{Cf}\u2028\u2029]/gu;

/** Text of unknown origin for a terminal: what would steer it is written as `\u{1b}`. */
export function safeText(text: string): string {
  return text.replace(UNSAFE, (one) => `\\u{${one.codePointAt(0)?.toString(16)}}`);
}

/** The same on one line of at most `most` characters. */
export function safeLine(text: string, most = 100): string {
  const line = safeText(text).replace(/\s+/g, " ");
  return line.length <= most ? line : `${line.slice(0, most - 1)}…`;
}

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
