/** What a cell of a MOTChallenge row holds: a number, nothing, or `undefined` for what is no number. */
export type Cell = number | "empty" | undefined;

/** Plain and scientific notation; not `0x10`, which `Number` would take. */
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
/** What spreadsheets of half the world write for 1.5; only beside a separator that is not the comma. */
const DECIMAL_COMMA = /^[+-]?\d+,\d+$/;
/** The separators of files as strangers write them; the first that a line holds is its own. */
const SEPARATORS = [";", ",", "\t"] as const;

/** The cells of one line. A comma, semicolon or tab keeps an empty cell in its place; spaces alone cannot hold one. */
export function cellsOf(line: string): string[] {
  const separator = SEPARATORS.find((one) => line.includes(one));
  if (separator === undefined) return line.split(/\s+/).filter((cell) => cell !== "");
  const cells = line.split(separator).map((cell) => cell.trim());
  if (separator === ",") return cells;
  return cells.map((cell) => (DECIMAL_COMMA.test(cell) ? cell.replace(",", ".") : cell));
}

/** Reads one cell; quotes around a number, as spreadsheets write them, are left out. */
export function cellOf(text: string): Cell {
  const bare = text.replace(/^"(.*)"$/, "$1").trim();
  if (bare === "") return "empty";
  const value = NUMBER.test(bare) ? Number(bare) : Number.NaN;
  return Number.isFinite(value) ? value : undefined;
}

/** What the columns are called in a line of headings, in their order. */
const HEADINGS = [
  { is: "the frame", pattern: /frame|^f$|^t$/i },
  { is: "the id", pattern: /id|track|target|obj/i },
  { is: "the left side", pattern: /left|^(bb_?|bbox_?)?x[01]?$/i },
  { is: "the top side", pattern: /top|^(bb_?|bbox_?)?y[01]?$/i },
  { is: "the width", pattern: /^(bb_?|bbox_?)?w(idth)?$/i },
  { is: "the height", pattern: /^(bb_?|bbox_?)?h(eight)?$/i },
  { is: "the score", pattern: /score|conf|flag|consider|^v/i },
] as const;

/** True when a line holds words in place of every number that a row needs. */
export function isHeading(cells: readonly string[]): boolean {
  const needed = cells.slice(0, 6).map((cell) => cell.replaceAll('"', "").trim());
  return needed.length === 6 && needed.every((cell) => /^[\p{L}_][\p{L}\d_ .#()-]*$/u.test(cell));
}

/** What is wrong with a line of headings: columns that stand for something else would be misread. */
export function headingFault(cells: readonly string[]): string | undefined {
  const names = cells.map((cell) => cell.replaceAll('"', "").trim());
  const wrong = HEADINGS.findIndex(({ pattern }, i) => i < names.length && !pattern.test(names[i] ?? ""));
  if (wrong < 0) return undefined;
  return `column ${wrong + 1} is called "${names[wrong]}" and should be ${HEADINGS[wrong]?.is}`;
}
