import { describe, expect, test } from "vitest";
import { addDays, datesOf, daysIn, isDate, splitRange, stretchesOf } from "../../cloud-ingest/calendar.ts";

describe("dates", () => {
  test.each([
    { text: "2026-02-28", valid: true },
    { text: "2024-02-29", valid: true },
    { text: "2026-02-29", valid: false },
    { text: "2026-13-01", valid: false },
    { text: "2026-1-1", valid: false },
    { text: "1969-12-31", valid: false },
    { text: "", valid: false },
  ])("$text valid: $valid", ({ text, valid }) => expect(isDate(text)).toBe(valid));

  test("a range has both of its ends", () => {
    expect(datesOf({ from: "2026-02-27", to: "2026-03-01" })).toEqual(["2026-02-27", "2026-02-28", "2026-03-01"]);
    expect(daysIn({ from: "2026-02-27", to: "2026-02-27" })).toBe(1);
    expect(datesOf({ from: "2026-02-27", to: "2026-02-26" })).toEqual([]);
    expect(addDays("2026-01-01", -1)).toBe("2025-12-31");
  });

  test("thirty years split into pieces without gap or overlap", () => {
    const range = { from: "1996-01-01", to: "2025-12-31" };
    const pieces = [...splitRange(range, 31)];
    expect(pieces.flatMap(datesOf)).toEqual(datesOf(range));
    expect(Math.max(...pieces.map(daysIn))).toBe(31);
  });

  test("dates in any order become ranges without gaps", () => {
    expect(stretchesOf(["2026-03-01", "2026-01-05", "2026-02-28", "2026-01-05"])).toEqual([
      { from: "2026-01-05", to: "2026-01-05" },
      { from: "2026-02-28", to: "2026-03-01" },
    ]);
    expect(stretchesOf([])).toEqual([]);
  });
});
