import { expect, test } from "vitest";
import { logChance, logGamma, logZeroChance } from "../../../../cloud-ingest/quality/expectation/negative-binomial.ts";

test("log gamma agrees with factorials and with gamma(1/2)", () => {
  expect(logGamma(11)).toBeCloseTo(Math.log(3628800), 10);
  expect(logGamma(0.5)).toBeCloseTo(Math.log(Math.sqrt(Math.PI)), 10);
});

test.each([
  { mean: 3, k: 4 },
  { mean: 80, k: 2 },
  { mean: 0.2, k: 10 },
])("chances of mean $mean and k $k sum to 1 and have its mean and variance", ({ mean, k }) => {
  let [sum, first, second] = [0, 0, 0];
  for (let count = 0; count < 4000; count++) {
    const chance = Math.exp(logChance(count, mean, k));
    sum += chance;
    first += count * chance;
    second += count * count * chance;
  }
  expect(sum).toBeCloseTo(1, 6);
  expect(first).toBeCloseTo(mean, 4);
  expect(second - first ** 2).toBeCloseTo(mean + mean ** 2 / k, 2);
});

test("the exposure for a chance of 1e-4 is that of operations.md section 4", () => {
  for (const [k, exposure] of [
    [10, 15],
    [5, 26],
    [4, 36],
    [2, 198],
  ] as const)
    expect(Math.exp(logZeroChance(exposure, k))).toBeCloseTo(1e-4, 4);
});
