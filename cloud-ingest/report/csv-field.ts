import { visibleText } from "../../firmware-config/kit/visible-text.ts";

/** What a spreadsheet takes for the end of a cell: which of them do depends on the reader's locale, not on us. */
const SEPARATORS = /([,;\t|\r\n]+)/;

/** Spaces and quotation marks in front of a formula do not stop every spreadsheet from running it. */
const IN_FRONT = /^[\p{White_Space}\p{Cf}'"\u2018-\u201F\u300C-\u300F\uFF02\uFF07]*/u;

/** After NFKC, which makes one of the full-width, small, raised and lowered signs; U+2212 is the minus of mathematics. */
const FORMULA = /^[=+\-@\u2212]/;

/**
 * A text from outside as a cell, always in quotation marks. Where a formula could begin, at the start or behind anything
 * that another locale takes for the end of a cell, an apostrophe stands before it.
 */
export function textField(value: string): string {
  const pieces = visibleText(value).split(SEPARATORS).map(withoutFormula);
  const text = (/^[\t\r\n]/.test(value) ? "'" : "") + pieces.join("");
  return `"${text.replaceAll('"', '""')}"`;
}

function withoutFormula(piece: string): string {
  return FORMULA.test(piece.replace(IN_FRONT, "").normalize("NFKC")) ? `'${piece}` : piece;
}
