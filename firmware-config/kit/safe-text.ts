/**
 * Control characters but tab and line end, and all that has no picture of its own (Unicode's format characters: marks that
 * turn the direction of a text, joiners, tags, the soft hyphen).
 */
const UNSAFE = /[^\P{Cc}\t\n]|[\p{Cf}\u2028\u2029]/gu;

/**
 * Text of any origin for a terminal or a log: what would steer the terminal, or turn or hide what stands beside it, is
 * written as JSON writes it, `\u001b`, and so JSON stays the same JSON. Unlike `visibleText`, which makes names for pages, it
 * leaves nothing out: who looks here looks for what is wrong.
 */
export function safeText(text: string): string {
  return text.replace(UNSAFE, (one) => Array.from({ length: one.length }, (_, at) => unitText(one, at)).join(""));
}

/** The same on one line of at most `most` characters. */
export function safeLine(text: string, most = 100): string {
  const line = safeText(text).replace(/\s+/g, " ");
  return line.length <= most ? line : `${line.slice(0, most - 1)}…`;
}

function unitText(text: string, at: number): string {
  return `\\u${text.charCodeAt(at).toString(16).padStart(4, "0")}`;
}
