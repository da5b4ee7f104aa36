import { expect, it } from "vitest";
import { slopeOf } from "./slope.ts";

const points = (...ys: number[]) => ys.map((y, x) => ({ x, y }));

// The third by hand: residues 0.7 -1.1 0.1 0.3 around 3.3 + 0.8 x, so sqrt(1.8 / 2 / 5).
it.each([
  { name: "a straight line", in: points(1, 3, 5, 7), perX: 2, standardError: 0 },
  { name: "a level", in: points(4, 4, 4, 4), perX: 0, standardError: 0 },
  { name: "a noisy line", in: points(4, 3, 5, 6), perX: 0.8, standardError: Math.sqrt(1.8 / 2 / 5) },
  { name: "two points", in: points(1, 2), perX: 1, standardError: Number.POSITIVE_INFINITY },
  { name: "nothing", in: [], perX: 0, standardError: Number.POSITIVE_INFINITY },
])("fits $name", ({ in: given, perX, standardError }) => {
  const slope = slopeOf(given);
  expect(slope.perX).toBeCloseTo(perX, 10);
  expect(slope.standardError === standardError || Math.abs(slope.standardError - standardError) < 1e-10).toBe(true);
});
