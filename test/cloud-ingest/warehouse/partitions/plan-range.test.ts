import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { addDays, type DateRange, datesOf, daysIn } from "../../../../cloud-ingest/calendar.ts";
import { type PlanPart, planRange } from "../../../../cloud-ingest/warehouse/partitions/plan-range.ts";
import { anyLimit, anyRange, anyUnit, ROUNDS } from "./dates.ts";

const BY_DAY = { unit: "day", column: "date" } as const;
const BY_MONTH = { unit: "month", column: "business_date" } as const;

const rangesOf = (parts: readonly PlanPart[]) => parts.map((part) => part.range);
const touched = (range: DateRange, chars: number) => new Set(datesOf(range).map((date) => date.slice(0, chars)));
const CONDITION = /^`when` BETWEEN DATE '(\d{4}-\d\d-\d\d)' AND DATE '(\d{4}-\d\d-\d\d)'$/;

describe("a plan of a range", () => {
  test("over thirty years of daily partitions has four jobs of nearly the same size", () => {
    const parts = planRange({ from: "1996-12-01", to: "2026-11-30" }, BY_DAY);
    expect(parts.map((part) => part.partitions)).toEqual([2_740, 2_740, 2_740, 2_737]);
    expect(parts[0]?.condition).toBe("`date` BETWEEN DATE '1996-12-01' AND DATE '2004-06-01'");
    expect(parts.at(-1)?.range.to).toBe("2026-11-30");
  });

  test("over thirty years by month is one job of 361 partitions", () => {
    expect(planRange({ from: "1996-11-30", to: "2026-11-01" }, BY_MONTH)).toEqual([
      {
        range: { from: "1996-11-30", to: "2026-11-01" },
        partitions: 361,
        condition: "`business_date` BETWEEN DATE '1996-11-30' AND DATE '2026-11-01'",
      },
    ]);
  });

  test.each([
    { name: "one day", range: ["2024-02-29", "2024-02-29"], limit: 1, parts: [["2024-02-29", "2024-02-29"]] },
    {
      name: "a leap year's February by month",
      range: ["2024-01-31", "2024-03-01"],
      limit: 1,
      parts: [
        ["2024-01-31", "2024-01-31"],
        ["2024-02-01", "2024-02-29"],
        ["2024-03-01", "2024-03-01"],
      ],
    },
    {
      name: "the turn of a year by month",
      range: ["2022-11-30", "2023-02-28"],
      limit: 2,
      parts: [
        ["2022-11-30", "2022-12-31"],
        ["2023-01-01", "2023-02-28"],
      ],
    },
    {
      name: "the last month of all",
      range: ["9999-12-01", "9999-12-31"],
      limit: 1,
      parts: [["9999-12-01", "9999-12-31"]],
    },
  ])("of $name", ({ range: [from = "", to = ""], limit, parts }) => {
    const expected = parts.map(([first, last]) => ({ from: first, to: last }));
    expect(rangesOf(planRange({ from, to }, BY_MONTH, limit))).toEqual(expected);
  });

  test("exactly at the limit is one job, one day more is two", () => {
    const range = { from: "2001-01-01", to: addDays("2001-01-01", 3_499) };
    expect(planRange(range, BY_DAY)).toHaveLength(1);
    expect(planRange({ ...range, to: addDays(range.to, 1) }, BY_DAY)).toHaveLength(2);
  });

  test("covers each date once, in order, no part beyond the limit, no partition in two parts", () => {
    fc.assert(
      fc.property(anyRange, anyUnit, anyLimit, (range, unit, limit) => {
        const parts = planRange(range, { unit, column: "when" }, limit);
        const chars = unit === "day" ? 10 : 7;
        expect(parts[0]?.range.from).toBe(range.from);
        expect(parts.at(-1)?.range.to).toBe(range.to);
        expect(parts.reduce((days, part) => days + daysIn(part.range), 0)).toBe(daysIn(range));
        const unfit = parts.filter(({ range: { from }, partitions }, at) => {
          const before = parts[at - 1]?.range.to;
          const follows =
            before === undefined || (from === addDays(before, 1) && from.slice(0, chars) > before.slice(0, chars));
          return !follows || partitions > limit;
        });
        expect(unfit).toEqual([]);
        const few = parts.slice(0, 3);
        expect(few.map((part) => touched(part.range, chars).size)).toEqual(few.map((part) => part.partitions));
      }),
      ROUNDS,
    );
  });

  test("says its bounds as literals, the earlier one first, and needs no more jobs than it must", () => {
    fc.assert(
      fc.property(anyRange, anyUnit, anyLimit, (range, unit, limit) => {
        const parts = planRange(range, { unit, column: "when" }, limit);
        const unlike = parts.filter(({ range: { from, to }, condition }) => {
          const [, first, last] = CONDITION.exec(condition) ?? [];
          return first !== from || last !== to || from > to;
        });
        expect(unlike).toEqual([]);
        const total = parts.reduce((sum, part) => sum + part.partitions, 0);
        expect(parts.length).toBeLessThanOrEqual(Math.ceil(total / limit));
      }),
      ROUNDS,
    );
  });
});

describe("what cannot be planned", () => {
  test.each([
    { name: "a reversed range", from: "2024-03-01", to: "2024-02-29", hint: /earlier date first/ },
    { name: "a date that does not exist", from: "2023-02-29", to: "2023-03-01", hint: /YYYY-MM-DD/ },
    { name: "an end that is no date", from: "2023-02-01", to: "'; DROP TABLE", hint: /YYYY-MM-DD/ },
    { name: "a date before all", from: "1969-12-31", to: "2023-03-01", hint: /1970-01-01/ },
  ])("is $name", ({ from, to, hint }) => {
    expect(() => planRange({ from, to }, BY_DAY)).toThrow(
      expect.objectContaining({ name: "AppError", code: "USAGE", hint: expect.stringMatching(hint) }),
    );
  });

  test.each([0, -1, 1.5, Number.NaN, 4_001])("is a job of %d partitions", (limit) => {
    const range = { from: "2024-01-01", to: "2024-01-02" };
    expect(() => planRange(range, BY_DAY, limit)).toThrow(
      expect.objectContaining({ code: "INTERNAL", hint: "Plan jobs of 1 to 4000 partitions." }),
    );
  });
});
