import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { addDays, FIRST_DATE, LAST_DATE } from "../../../../cloud-ingest/calendar.ts";
import { firstDateOf, partitionNumber } from "../../../../cloud-ingest/warehouse/partitions/partition-number.ts";
import { ALL_DATES, anyUnit, dateBetween, ROUNDS } from "./dates.ts";

describe("the number of a partition", () => {
  test.each([
    { date: FIRST_DATE, day: 0, month: 0 },
    { date: "1970-01-31", day: 30, month: 0 },
    { date: "1970-02-01", day: 31, month: 1 },
    { date: "2024-02-29", day: 19_782, month: 649 },
    { date: LAST_DATE, day: 2_932_896, month: 96_359 },
  ])("of $date is $day by day and $month by month", ({ date, day, month }) => {
    expect([partitionNumber(date, "day"), partitionNumber(date, "month")]).toEqual([day, month]);
  });

  test("leads back to its first date, and grows by one there", () => {
    fc.assert(
      fc.property(dateBetween(ALL_DATES), anyUnit, (date, unit) => {
        const number = partitionNumber(date, unit);
        const first = firstDateOf(number, unit);
        expect(first <= date).toBe(true);
        expect(first.slice(0, 7)).toBe(date.slice(0, 7));
        expect(partitionNumber(first, unit)).toBe(number);
        if (number > 0) expect(partitionNumber(addDays(first, -1), unit)).toBe(number - 1);
      }),
      ROUNDS,
    );
  });
});
