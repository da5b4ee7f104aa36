import fc from "fast-check";
import { expect, test } from "vitest";
import { bestIntervals } from "../../../../cloud-ingest/quality/scan/partition.ts";

/** All sets of stretches, one by one. */
function bruteForce(days: number, price: number, gain: (from: number, to: number) => number): number {
  const best = new Array<number>(days + 1).fill(0);
  for (let from = days - 1; from >= 0; from--) {
    best[from] = best[from + 1]!;
    for (let to = from + 1; to <= days; to++) best[from] = Math.max(best[from]!, gain(from, to) - price + best[to]!);
  }
  return best[0]!;
}

test("finds the best set that trying all finds, without overlap", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: -5, max: 5 }), { maxLength: 12 }),
      fc.integer({ min: 1, max: 8 }),
      (values, price) => {
        const gain = (from: number, to: number) => values.slice(from, to).reduce((sum, value) => sum + value, 0);
        const found = bestIntervals(values.length, { longest: values.length, price }, gain);
        const total = found.reduce((sum, { from, to }) => sum + gain(from, to) - price, 0);
        expect(total).toBeCloseTo(bruteForce(values.length, price, gain), 9);
        for (const [i, { from, to, gain: told }] of found.entries()) {
          expect(told).toBeCloseTo(gain(from, to), 9);
          expect(from).toBeGreaterThanOrEqual(found[i - 1]?.to ?? 0);
        }
      },
    ),
  );
});
