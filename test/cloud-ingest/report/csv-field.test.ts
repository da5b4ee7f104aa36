import { expect, test } from "vitest";
import { textField } from "../../../cloud-ingest/report/csv-field.ts";

test.each([
  { text: "正面入口", cell: '"正面入口"' },
  { text: "a-b=c + d", cell: '"a-b=c + d"' },
  { text: 'He said "hi", then\nleft', cell: '"He said ""hi"", then\nleft"' },
  { text: "=1+1", cell: '"\'=1+1"' },
  { text: "\t=1", cell: "\"'\t'=1\"" },
  { text: "a;=1", cell: '"a;\'=1"' },
  { text: "\u202Edoor\u200B", cell: '"door"' },
  { text: "\u200B=1", cell: '"\'=1"' },
  { text: "", cell: '""' },
  { text: "=\u0338HYPERLINK(1)", cell: '"\'=\u0338HYPERLINK(1)"' },
  { text: "a\u061B=1", cell: '"a\u061B\'=1"' },
  { text: "2F (-1)", cell: '"2F (\'-1)"' },
  { text: "é=1, 1-2, a b-c", cell: '"é=1, 1-2, a b-c"' },
])("$text becomes $cell", ({ text, cell }) => expect(textField(text)).toBe(cell));

const FORMULAS = [
  ...[
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    " =1",
    "  -1",
    "\u00A0=1",
    "\u3000=1",
    "'=1",
    '"=1',
    '" =1',
    "\u201C=1",
    "\u200B=1",
  ],
  ...[
    "\uFF1D1",
    "\uFF0B1",
    "\uFF0D1",
    "\uFF201",
    "\uFE661",
    "\uFE631",
    "\u207A1",
    "\u22121",
    "\u0000=1",
    "\uFEFF=1",
    "\u202E=1",
  ],
  ...["=\u0338HYPERLINK(1)", "\u0301=1", "\u034F=1", "\u3164=1", "\uFE0F=1", "\u2260", "\uFB291"],
  ...["=cmd|'/C calc'!A0", "\t=1", "\r=1", "\n=1", "\r\n=1"],
];
const SEPARATORS = {
  ...{ comma: ",", semicolon: ";", tab: "\t", pipe: "|" },
  ...{ "Arabic comma": "\u060C", "Arabic semicolon": "\u061B", "ideographic comma": "\u3001" },
  ...{ "full-width comma": "\uFF0C", "full-width semicolon": "\uFF1B", "Greek question mark": "\u037E", colon: ":" },
  ...{ "section sign": "\u00A7", slash: "/", bracket: "(", backslash: "\\", "no sign at all": "\u{1F6AA}" },
} as const;

/** Cells as a spreadsheet sees them that takes quotation marks only at a cell's start, and spaces before a formula as nothing. */
function cellsOf(line: string, separator: string): readonly string[] {
  const cells: string[] = [];
  let rest = line;
  while (rest !== "") {
    const quoted = /^"((?:[^"]|"")*)"/.exec(rest);
    const end = quoted ? quoted[0].length : 0;
    const stop = [separator, "\r", "\n"].map((mark) => rest.indexOf(mark, end)).filter((at) => at >= 0);
    const next = Math.min(...stop, rest.length);
    cells.push((quoted?.[1]?.replaceAll('""', '"') ?? "") + rest.slice(end, next));
    rest = rest.slice(next + 1);
  }
  return cells;
}

test.each(Object.entries(SEPARATORS))("no name is a formula where the %s separates cells", (_, separator) => {
  const fronts = ["", "door", "door\n", ...[separator, `"${separator}`, `${separator} `].map((end) => `door${end}`)];
  const names = fronts.flatMap((front) => FORMULAS.map((formula) => front + formula));
  const bad = names.filter((name) =>
    cellsOf(`2026-11-23,${textField(name)},12\r\n`, separator).some((cell) =>
      /^[\p{White_Space}\p{Cf}"\u201C]*[=+\-@\u2212]/u.test(cell.normalize("NFKD")),
    ),
  );
  // "door=1" and "door-1" are text wherever they stand.
  expect(bad).toEqual([]);
});

test("no mark but letters and digits hides a formula behind it, and no spelling of a sign", () => {
  const bad: string[] = [];
  for (let code = 0; code < 0x110000; code += 1) {
    const sign = String.fromCodePoint(code);
    const isSign = /^[=+\-@\u2212]/.test(sign.normalize("NFKD"));
    if (isSign && textField(`${sign}1`) !== `"'${sign}1"`) bad.push(`sign ${code.toString(16)}`);
    const isMark = /[\p{P}\p{S}]/u.test(sign) && !isSign && !/['"\u2018-\u201F\u300C-\u300F\uFF02\uFF07]/.test(sign);
    if (isMark && textField(`a${sign}=1`) !== `"a${sign}'=1"`) bad.push(`mark ${code.toString(16)}`);
  }
  expect(bad).toEqual([]);
});
