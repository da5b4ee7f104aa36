import { visibleText } from "../../firmware-config/kit/visible-text.ts";

/** Signs with which a formula begins, and all that NFKD makes such a sign of: full-width, small, raised, lowered, struck through. */
const SIGNS = String.raw`=+\-@\u2212\u207A-\u207C\u208A-\u208C\u2260\u2A75\u2A76\uFB29\uFE62\uFE63\uFE66\uFE6B\uFF0B\uFF0D\uFF1D\uFF20`;

const QUOTES = String.raw`'"\u2018-\u201F\u300C-\u300F\uFF02\uFF07`;

/**
 * What may be the end of a cell. A reader's locale, or the reader, chooses any mark for it (U+061B in Arabic, U+3001 in
 * Japanese), so it is all that is no letter, digit, space, quotation mark or sign.
 */
const SEPARATORS = new RegExp(String.raw`([\t\r\n]+|[^\p{L}\p{N}\p{M}\p{White_Space}\p{Cf}${SIGNS}${QUOTES}]+)`, "u");

/** A sign that nothing but spaces, quotation marks and marks without a body of their own stands before: not every spreadsheet minds those. */
const FORMULA = new RegExp(
  String.raw`^[\p{White_Space}\p{Cf}\p{M}\p{Default_Ignorable_Code_Point}${QUOTES}]*[${SIGNS}]`,
  "u",
);

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
  return FORMULA.test(piece) ? `'${piece}` : piece;
}
