import { expect, test } from "vitest";
import { type BoostOptions, boost, boostedValue } from "../../../../cloud-ingest/forecast/trees/boost.ts";
import { seededRandom } from "../../../../firmware-config/kit/seeded-random.ts";

const OPTIONS: BoostOptions = {
  ...{ trees: 120, rate: 0.1, depth: 3, leastLeaf: 20, penalty: 5, subsample: 0.7 },
  ...{ bound: 0.5, seed: 7 },
};
const ROWS = 2_000;

type Truth = (a: number, b: number) => number;

/** Two features from 0 to 1 and one that is not known, or the same for all. */
function rowsOf(truth: Truth, third: (row: number) => number, noise = 0.1) {
  const random = seededRandom(3);
  const x = new Float32Array(ROWS * 3);
  const y = new Float64Array(ROWS);
  for (let row = 0; row < ROWS; row++) {
    const [a, b] = [random(), random()];
    x.set([a, b, third(row)], row * 3);
    y[row] = truth(a, b) + noise * (random() - 0.5);
  }
  return { x, y, weights: new Float64Array(ROWS).fill(1) };
}

const step: Truth = (a) => (a > 0.4 ? 1 : -1);

test.each([
  { name: "a step", truth: step },
  {
    name: "a step within another, which one split cannot say",
    truth: (a: number, b: number) => (a > 0.5 === b > 0.5 ? 1 : -1),
  },
])("learns $name on rows that it has not seen", ({ truth }) => {
  const { x, y, weights } = rowsOf(truth, () => 0);
  const trees = boost(x, y, weights, OPTIONS);
  const off: number[] = [];
  for (const a of [0.1, 0.3, 0.6, 0.9])
    for (const b of [0.1, 0.3, 0.7, 0.9])
      off.push(Math.abs(boostedValue(trees, Float32Array.of(a, b, 0)) - truth(a, b)));
  expect(Math.max(...off)).toBeLessThan(0.25);
});

test.each([
  { name: "is never known", third: () => Number.NaN },
  { name: "is the same for all", third: () => 5 },
])("a feature that $name changes nothing", ({ third }) => {
  const { x, y, weights } = rowsOf(step, third);
  const trees = boost(x, y, weights, OPTIONS);
  expect(trees.trees.flatMap(({ feature }) => feature)).not.toContain(2);
  for (const other of [Number.NaN, -1, 5, 1e9])
    expect(boostedValue(trees, Float32Array.of(0.9, 0.5, other))).toBeCloseTo(1, 0);
});

test("what is not known may itself tell something", () => {
  const { x, weights } = rowsOf(step, (row) => (row % 2 === 0 ? Number.NaN : 0.5));
  const y = Float64Array.from({ length: ROWS }, (_, row) => (row % 2 === 0 ? 1 : -1));
  const trees = boost(x, y, weights, OPTIONS);
  expect(boostedValue(trees, Float32Array.of(0.5, 0.5, Number.NaN))).toBeGreaterThan(0.7);
  expect(boostedValue(trees, Float32Array.of(0.5, 0.5, 0.5))).toBeLessThan(-0.7);
});

test("rows that are all alike give their value or nothing, never NaN", () => {
  const trees = boost(
    new Float32Array(ROWS * 3),
    new Float64Array(ROWS).fill(0.3),
    new Float64Array(ROWS).fill(1),
    OPTIONS,
  );
  const value = boostedValue(trees, Float32Array.of(0, 0, 0));
  expect(value).toBeGreaterThanOrEqual(0);
  expect(value).toBeLessThanOrEqual(0.3 + 1e-9);
});

test("a few wild rows do not move the others", () => {
  const { x, y, weights } = rowsOf(step, () => 0);
  for (let row = 0; row < ROWS; row += 50) y[row] = 100;
  const value = boostedValue(boost(x, y, weights, OPTIONS), Float32Array.of(0.1, 0.5, 0));
  expect(value).toBeLessThan(-0.8);
});

test("rows of weight 0 teach nothing", () => {
  const { x, y, weights } = rowsOf(step, () => 0);
  for (let row = 0; row < ROWS; row += 2) {
    y[row] = 3;
    weights[row] = 0;
  }
  expect(boostedValue(boost(x, y, weights, OPTIONS), Float32Array.of(0.1, 0.5, 0))).toBeLessThan(-0.8);
});

test("the same rows give the same trees to the last digit, also read back from JSON; another seed gives others", () => {
  const { x, y, weights } = rowsOf(step, () => Number.NaN);
  const trees = boost(x, y, weights, OPTIONS);
  expect(boost(x, y, weights, OPTIONS)).toEqual(trees);
  const row = Float32Array.of(0.37, 0.2, Number.NaN);
  expect(boostedValue(JSON.parse(JSON.stringify(trees)), row)).toBe(boostedValue(trees, row));
  expect(boost(x, y, weights, { ...OPTIONS, seed: 8 })).not.toEqual(trees);
});
