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

  test("dates end with the year 9999", () => {
    expect([addDays("9999-12-30", 1), addDays("9999-12-30", 40)]).toEqual(["9999-12-31", "9999-12-31"]);
    expect(addDays("9999-12-31", -31)).toBe("9999-11-30");
    const range = { from: "9999-12-01", to: "9999-12-31" };
    const pieces = splitRange(range, 30);
    expect([pieces.next().value, pieces.next().value, pieces.next().done]).toEqual([
      { from: "9999-12-01", to: "9999-12-30" },
      { from: "9999-12-31", to: "9999-12-31" },
      true,
    ]);
    for (const days of [1, 31, 92]) {
      const few = Array.from(
        { length: 32 },
        (
          (all) => () =>
            all.next()
        )(splitRange(range, days)),
      );
      expect(few.flatMap(({ value, done }) => (done ? [] : datesOf(value)))).toEqual(datesOf(range));
    }
    expect(datesOf(range)).toHaveLength(31);
    expect(datesOf(range).at(-1)).toBe("9999-12-31");
  });

  test("dates in any order become ranges without gaps", () => {
    expect(stretchesOf(["2026-03-01", "2026-01-05", "2026-02-28", "2026-01-05"])).toEqual([
      { from: "2026-01-05", to: "2026-01-05" },
      { from: "2026-02-28", to: "2026-03-01" },
    ]);
    expect(stretchesOf([])).toEqual([]);
  });
});
