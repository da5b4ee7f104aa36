import { describe, expect, test } from "vitest";
import { median, quantile, sortedQuantile } from "../../../../cloud-ingest/quality/expectation/numbers.ts";
import { seededRandom } from "../../../../firmware-config/kit/seeded-random.ts";

const random = seededRandom(5);
const made = (length: number, at: (i: number) => number) => Float64Array.from({ length }, (_, i) => at(i));

describe("a quantile without sorting is that of sorted values", () => {
  test.each([
    { name: "in any order", values: made(731, random) },
    { name: "in order", values: made(200, (i) => i) },
    { name: "in the opposite order", values: made(200, (i) => 200 - i) },
    { name: "all alike", values: made(99, () => 7) },
    { name: "few of many copies", values: made(500, () => Math.floor(3 * random())) },
    { name: "a hill", values: made(1000, (i) => 500 - Math.abs(i - 500)) },
    { name: "two", values: Float64Array.of(5, 1) },
    { name: "one", values: Float64Array.of(3) },
  ])("$name", ({ values }) => {
    const sorted = values.slice().sort();
    const before = values.slice();
    for (const share of [0, 0.1, 0.25, 0.5, 0.9, 0.975, 1])
      expect(quantile(values, share)).toBe(sortedQuantile(sorted, share));
    expect(values).toEqual(before);
  });

  test("what is no finite number is left out, and none has no quantile", () => {
    expect(median([Number.NaN, 4, Number.POSITIVE_INFINITY, 1, 2, Number.NEGATIVE_INFINITY])).toBe(2);
    expect(median([Number.NaN, Number.POSITIVE_INFINITY])).toBeNaN();
    expect(median([])).toBeNaN();
  });
});
