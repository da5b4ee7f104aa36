import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { datesOf } from "../../../../cloud-ingest/calendar.ts";
import { planDates } from "../../../../cloud-ingest/warehouse/partitions/plan-dates.ts";
import type { PlanPart } from "../../../../cloud-ingest/warehouse/partitions/plan-range.ts";
import { anyLimit, anyUnit, dateBetween, ROUNDS } from "./dates.ts";

const BY_DAY = { unit: "day", column: "date" } as const;
const BY_MONTH = { unit: "month", column: "business_date" } as const;

/** The dates that a condition picks, read from its text. */
function picked({ condition }: PlanPart): readonly string[] {
  const dates = [...condition.matchAll(/DATE '(\d{4}-\d\d-\d\d)'/g)].map((match) => match[1] ?? "");
  const [from = "", to = "", ...listed] = dates;
  return listed.length > 0 ? listed.filter((date) => from <= date && date <= to) : datesOf({ from, to });
}

describe("a plan of single dates", () => {
  test("has no job for no date", () => expect(planDates([], BY_DAY)).toEqual([]));

  test("lists dates with gaps between them, and the range around them", () => {
    expect(planDates(["2024-03-01", "2024-02-28", "2024-03-01"], BY_DAY)).toEqual([
      {
        range: { from: "2024-02-28", to: "2024-03-01" },
        partitions: 2,
        condition:
          "(`date` BETWEEN DATE '2024-02-28' AND DATE '2024-03-01' AND `date` IN (DATE '2024-02-28', DATE '2024-03-01'))",
      },
    ]);
  });

  test("says dates without a gap as a range", () => {
    const [part] = planDates(["2024-03-01", "2024-02-29", "2024-02-28"], BY_DAY);
    expect(part?.condition).toBe("`date` BETWEEN DATE '2024-02-28' AND DATE '2024-03-01'");
    expect(part?.partitions).toBe(3);
  });

  test("keeps the dates of a month in one job", () => {
    const parts = planDates(["2024-01-05", "2024-02-01", "2024-01-31", "2024-02-29", "2024-04-30"], BY_MONTH, 2);
    expect(parts.map((part) => [part.partitions, ...picked(part)])).toEqual([
      [2, "2024-01-05", "2024-01-31", "2024-02-01", "2024-02-29"],
      [1, "2024-04-30"],
    ]);
  });

  test("keeps the text of a job short where many dates are in few partitions", () => {
    const dates = datesOf({ from: "1990-01-01", to: "2079-12-31" }).filter((_, day) => day % 2 === 0);
    const parts = planDates(dates, BY_MONTH);
    expect(parts.flatMap(picked)).toEqual(dates);
    expect(parts).toHaveLength(2);
    expect(Math.max(...parts.map((part) => part.condition.length))).toBeLessThan(200_000);
  });

  test("picks each date once, no job beyond the limit, no partition in two jobs", () => {
    const anyDates = fc.array(dateBetween({ from: "1995-01-01", to: "2026-12-31" }), { maxLength: 200 });
    fc.assert(
      fc.property(anyDates, anyUnit, anyLimit, (dates, unit, limit) => {
        const parts = planDates(dates, { unit, column: "when" }, limit);
        expect(parts.flatMap(picked)).toEqual([...new Set(dates)].sort());
        const chars = unit === "day" ? 10 : 7;
        const partitions = parts.map((part) => [...new Set(picked(part).map((date) => date.slice(0, chars)))]);
        expect(partitions.map((some) => some.length)).toEqual(parts.map((part) => part.partitions));
        expect(new Set(partitions.flat()).size).toBe(partitions.flat().length);
        expect(parts.every((part) => part.partitions <= limit)).toBe(true);
      }),
      ROUNDS,
    );
  });

  test("takes nothing but dates", () => {
    expect(() => planDates(["2024-01-01", "2024-02-30"], BY_DAY)).toThrow(expect.objectContaining({ code: "USAGE" }));
  });
});
