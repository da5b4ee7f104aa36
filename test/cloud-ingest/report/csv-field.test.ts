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
  ...["=cmd|'/C calc'!A0", "\t=1", "\r=1", "\n=1", "\r\n=1"],
];
const SEPARATORS = { comma: ",", semicolon: ";", tab: "\t", pipe: "|" } as const;

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
  const fronts = ["", "door", "door,", "door;", "door\t", "door|", "door\n", 'door";', 'door"\t', "door; "];
  const names = fronts.flatMap((front) => FORMULAS.map((formula) => front + formula));
  const bad = names.filter((name) =>
    cellsOf(`2026-11-23,${textField(name)},12\r\n`, separator).some((cell) =>
      /^[\p{White_Space}\p{Cf}"\u201C]*[=+\-@\u2212]/u.test(cell.normalize("NFKC")),
    ),
  );
  // "door=1" and "door-1" are text wherever they stand.
  expect(bad).toEqual([]);
});
