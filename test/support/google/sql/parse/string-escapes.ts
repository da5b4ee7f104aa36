import { type Place, syntaxError } from "../sql-error.ts";

const PLAIN: Readonly<Record<string, string>> = {
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
  "\\": "\\",
  "?": "?",
  '"': '"',
  "'": "'",
  "`": "`",
};

/** What a quoted text stands for; bytes come as text with one character per byte. */
export function unescaped(text: string, at: Place): { readonly isBytes: boolean; readonly value: string } {
  const prefix = /^[rRbB]*/.exec(text)?.[0].toLowerCase() ?? "";
  const quoted = text.slice(prefix.length);
  const quote = quoted.startsWith("'''") || quoted.startsWith('"""') ? 3 : 1;
  const inner = quoted.slice(quote, -quote);
  const value = prefix.includes("r") ? inner : inner.replace(ESCAPE, (found) => meaning(found, at));
  const isBytes = prefix.includes("b");
  return { isBytes, value: isBytes ? Buffer.from(value, "utf8").toString("latin1") : value };
}

const ESCAPE = /\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-7]{3}|[\s\S])/g;

function meaning(found: string, at: Place): string {
  const code = found[1] ?? "";
  if (found.length === 2) {
    const plain = PLAIN[code];
    if (plain === undefined) throw syntaxError(`Illegal escape sequence: ${found}`, at);
    return plain;
  }
  return /\d/.test(code)
    ? String.fromCodePoint(Number.parseInt(found.slice(1), 8))
    : String.fromCodePoint(Number.parseInt(found.slice(2), 16));
}
