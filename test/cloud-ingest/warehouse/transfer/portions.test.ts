import fc from "fast-check";
import { expect, it } from "vitest";
import { addDays } from "../../../../cloud-ingest/calendar.ts";
import { portionsOf, rowsOf } from "../../../../cloud-ingest/warehouse/transfer/portions.ts";

const sumsOf = (rows: readonly number[]) =>
  rows.map((count, day) => ({ date: addDays("1990-01-01", day), rows: count, digest: `${day}`, isWhole: true }));

it("holds each date once, in order, in portions of at most so many rows or a single date", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 120 })), (rows) => {
      const sums = sumsOf(rows);
      const portions = portionsOf("counts", sums, 100);
      expect(portions.flatMap((portion) => portion.sums)).toEqual(sums);
      for (const portion of portions) expect(portion.sums.length === 1 || rowsOf(portion.sums) <= 100).toBe(true);
    }),
  );
});

it("goes on with the same portions when the first are done", () => {
  const sums = sumsOf(Array.from({ length: 50 }, (_, day) => 10 + (day % 7)));
  const [first, ...rest] = portionsOf("counts", sums, 100);
  expect(portionsOf("counts", sums.slice(first?.sums.length), 100)).toEqual(rest);
});

it("touches no more partitions than a job may", () => {
  const portions = portionsOf("counts", sumsOf(Array.from({ length: 11_000 }, () => 1)));
  expect(portions.map(({ sums }) => sums.length)).toEqual([3_500, 3_500, 3_500, 500]);
});
