import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readSeries } from "../../../../cloud-ingest/quality/csv/read-series.ts";
import { SeriesRows } from "../../../../cloud-ingest/quality/csv/series-rows.ts";
import { tempDir } from "../../../support/temp-dir.ts";

async function read(text: string) {
  const file = join(await tempDir(), "series.csv");
  await writeFile(file, text);
  return readSeries(file, () => {});
}

const rows = (...lines: string[]) => `series,time,value\n${lines.join("\n")}\n`;
const seen = (values: Float64Array | undefined) =>
  [...(values ?? [])].map((value, slot) => [slot, value]).filter(([, value]) => !Number.isNaN(value));

describe("grids", () => {
  test("dates make a daily panel with gaps", async () => {
    const { panel } = await read(rows("a,2024-01-01,5", "a,2024-01-04,7", "b,2024-01-02,1"));
    expect(panel).toMatchObject({ step: "day", from: "2024-01-01", days: 4, names: ["a", "b"] });
    expect(seen(panel.values[0])).toEqual([
      [0, 5],
      [3, 7],
    ]);
    expect(seen(panel.values[1])).toEqual([[1, 1]]);
  });

  test("any hour makes an hourly one", async () => {
    const { panel } = await read(rows("a,2024-01-01 00:00:00,5", "a,2024-01-02 23:00:00,7"));
    expect(panel).toMatchObject({ step: "hour", days: 2 });
    expect(seen(panel.values[0])).toEqual([
      [0, 5],
      [47, 7],
    ]);
  });

  test("half hours are added up", async () => {
    const { panel } = await read(rows("a,2024-01-01T10:00,5", "a,2024-01-01T10:30,6"));
    expect(seen(panel.values[0])).toEqual([[10, 11]]);
  });

  test("of a row that comes again the latest stands, and it is told", async () => {
    const { panel } = await read(rows("a,2024-01-01,5", "a,2024-01-02,6", "a,2024-01-01,9"));
    expect(seen(panel.values[0])).toEqual([
      [0, 9],
      [1, 6],
    ]);
    expect([...panel.loads![0]!]).toEqual([2, 1]);
  });

  test.each([
    { name: "with offsets", first: "2016-04-03T02:00+11:00", second: "2016-04-03T02:00+10:00" },
    { name: "without, between single hours", first: "2016-04-03T02:00", second: "2016-04-03T02:00" },
  ])("an hour that a clock shows twice, $name, is two hours and no second load", async ({ first, second }) => {
    const zone = first.slice(16) && "+10:00";
    const { panel } = await read(
      rows(`a,2016-04-03T01:00${first.slice(16)},1`, `a,${first},4`, `a,${second},3`, `a,2016-04-03T03:00${zone},2`),
    );
    expect(seen(panel.values[0])).toEqual([
      [1, 1],
      [2, 7],
      [3, 2],
    ]);
    expect(panel.loads![0]![2]).toBe(1);
  });

  test("empty, NA and NaN are missing; infinity is a value", async () => {
    const { panel } = await read(
      rows("a,2024-01-01,", "a,2024-01-02,NA", "a,2024-01-03,NaN", "a,2024-01-04,inf", "a,2024-01-05,-2"),
    );
    expect(seen(panel.values[0])).toEqual([
      [3, Number.POSITIVE_INFINITY],
      [4, -2],
    ]);
  });

  test("other columns, another order, a byte order mark, CRLF and quotes do no harm", async () => {
    const { panel } = await read('\uFEFFvalue,note,time,series\r\n5,x,2024-01-01,"a, b"\r\n');
    expect(panel.names).toEqual(["a, b"]);
  });
});

test.each([
  { name: "an empty file", text: "", message: /is empty/ },
  {
    name: "names of columns without a row",
    text: "series,time,value\n",
    message: /no rows: there is nothing to judge$/,
  },
  {
    name: "a row without an end",
    text: rows(`a,${"x".repeat(20_000)},1`),
    message: /^Line \d: a row of more than 10000 bytes/,
  },
  {
    name: "a quotation mark without an end",
    text: rows('"a,2024-01-01,1'),
    message: /^Line \d: a quotation mark is not closed$/,
  },
  {
    name: "a quotation mark in a name",
    text: rows('a"b,2024-01-01,1'),
    message: /^Line 2: a quotation mark within a value/,
  },
  { name: "a name after its quotes", text: rows('"a"b,2024-01-01,1'), message: /^Line 2: something follows a closing/ },
  { name: "other columns", text: "a,b\n1,2\n", message: /^Line 1: the columns are "a,b"/ },
  {
    name: "a time that is none",
    text: rows("a,2024-01-01,1", "a,01.02.2024,2"),
    message: /^Line 3: "01.02.2024" is no time/,
  },
  { name: "a date that no calendar has", text: rows("a,2024-02-30,1"), message: /^Line 2: / },
  { name: "a value that is none", text: rows("a,2024-01-01,many"), message: /^Line 2: "many" is no number/ },
  { name: "a row without a name", text: rows(",2024-01-01,1"), message: /^Line 2: / },
  { name: "a row too short", text: rows("a,2024-01-01,1", "a,2024-01-02"), message: /^Line 3: not as many values as/ },
  {
    name: "a year mistyped",
    text: rows("a,2024-01-01T01:00,1", "a,0204-01-01T01:00,1"),
    message: /^Line 3: .*too many/,
  },
])("$name is refused with its line", async ({ text, message }) => {
  await expect(read(text)).rejects.toMatchObject({ code: "USAGE", message: expect.stringMatching(message) });
});

test("what is too much is refused at the row that makes it so, without holding much", async () => {
  const rows = new SeriesRows();
  const before = process.memoryUsage().arrayBuffers;
  const add = () => {
    for (let i = 0; i < 1_000_000; i++) rows.add(`s${i}`, "2024-01-01", "1", i + 2);
  };
  expect(add).toThrow(/^Line 20002: More than 20000 series/);
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(30e6);
});

test("many places over many years are refused before the file is at its end", () => {
  const rows = new SeriesRows();
  rows.add("a", "1990-01-01T01:00", "1", 2);
  rows.add("a", "2025-01-01", "1", 3);
  const add = () => {
    for (let i = 0; i < 1_000; i++) rows.add(`s${i}`, "2024-01-01", "1", i + 4);
  };
  expect(add).toThrow(/^Line 68: 66 series over 12785 days are too many/);
});

test("a file that is not there is refused", async () => {
  await expect(readSeries("/nowhere/series.csv", () => {})).rejects.toMatchObject({ code: "USAGE" });
});
