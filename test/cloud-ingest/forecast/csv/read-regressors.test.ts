import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readRegressors } from "../../../../cloud-ingest/forecast/csv/read-regressors.ts";
import { tempDir } from "../../../support/temp-dir.ts";

const SPAN = { from: "2026-01-01", days: 3, names: ["a", "b"] };

async function read(lines: readonly string[], head = "date,name,value,series,known") {
  const file = join(await tempDir(), "weather.csv");
  await writeFile(file, `${head}\n${lines.join("\n")}\n`);
  return readRegressors(file, SPAN);
}

test("numbers by date, of all series or of one, what is known in advance marked; a date that is missing or outside is none", async () => {
  const found = await read([
    "2026-01-01,rain,3.5,,no",
    "2026-01-03,rain,1,,",
    "2026-01-03,rain,9,b,",
    "2025-12-31,rain,7,,",
    "2027-01-01,sale,1,,yes",
    "2026-01-02,sale,1,,YES",
    "2026-01-03,sale,,,yes",
  ]);
  expect(found.map(({ name, isKnownAhead }) => [name, isKnownAhead])).toEqual([
    ["rain", false],
    ["sale", true],
  ]);
  expect(found[0]?.values.map((values) => [...values])).toEqual([
    [3.5, Number.NaN, 1],
    [3.5, Number.NaN, 9],
  ]);
  expect(found[1]?.values.map((values) => [...values])).toEqual([[Number.NaN, 1, Number.NaN]]);
});

test("without the column, nothing is known in advance", async () => {
  expect((await read(["2026-01-01,rain,3"], "date,name,value"))[0]?.isKnownAhead).toBe(false);
});

test.each([
  { name: "no value column", head: "date,name", lines: [], error: /no column "value"/ },
  { name: "no line", lines: [], error: /weather.csv has no line below its first one/ },
  { name: "no line and no head", head: "", lines: [], error: /weather.csv is empty/ },
  {
    name: "no date that is asked for",
    lines: ["2019-01-01,rain,1,,", "2031-01-01,rain,2,,"],
    error: /has no date from 2026-01-01 to 2026-01-03/,
  },
  { name: "no date", lines: ["2026-02-30,rain,1,,"], error: /line 2: "2026-02-30" is no date/ },
  { name: "no number", lines: ["2026-01-01,rain,wet,,"], error: /"wet" is no number/ },
  { name: "a number without an end", lines: ["2026-01-01,rain,Infinity,,"], error: /is no number/ },
  { name: "a number beyond reason", lines: ["2026-01-01,rain,1e300,,"], error: /is no number/ },
  { name: "no name", lines: ["2026-01-01,,1,,"], error: /1 to 80 characters/ },
  { name: "a mark that is neither", lines: ["2026-01-01,rain,1,,maybe"], error: /yes or no/ },
  { name: "a strange series", lines: ["2026-01-01,rain,1,c,"], error: /"c" is not in the file/ },
  {
    name: "two values of one date",
    lines: ["2026-01-01,rain,1,,", "2026-01-01,rain,2,,"],
    error: /line 3: the date has a value/,
  },
  {
    name: "a name marked both ways",
    lines: ["2026-01-01,rain,1,,yes", "2026-01-02,rain,2,,no"],
    error: /line 3: "rain" is known in advance in one line/,
  },
  {
    name: "more names than a regression bears",
    lines: Array.from({ length: 21 }, (_, i) => `2026-01-01,r${i},1,,`),
    error: /21 names/,
  },
])("$name is refused", async ({ lines, head, error }) => {
  await expect(read(lines, head)).rejects.toThrow(error);
});
