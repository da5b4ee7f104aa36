import { expect, test } from "vitest";
import { adjustedRandIndex, assign } from "../../../cloud-ingest/cluster/agreement.ts";
import { centroidSilhouettes, distancesOf, silhouettes } from "../../../cloud-ingest/cluster/silhouette.ts";

test.each([
  { a: [0, 0, 1, 1], b: [1, 1, 0, 0], is: 1 },
  { a: [0, 0, 1, 2], b: [0, 0, 1, 1], is: 0.5714 },
  { a: [0, 0, 1, 1], b: [0, 1, 0, 1], is: -0.5 },
  { a: [0, 0, 0], b: [0, 0, 0], is: 1 },
  { a: [0], b: [0], is: 1 },
  { a: [], b: [], is: 1 },
])("adjusted Rand index of $a and $b (as scikit-learn has it)", ({ a, b, is }) => {
  expect(adjustedRandIndex(a, b)).toBeCloseTo(is, 4);
});

test.each([
  // The greedy choice (9 first) would come to 10.
  {
    gain: [
      [9, 8],
      [8, 1],
    ],
    is: [1, 0],
  },
  { gain: [[1], [5], [2]], is: [undefined, 0, undefined] },
  { gain: [[0, 0]], is: [undefined] },
  { gain: [], is: [] },
])("assigns $gain as $is", ({ gain, is }) => {
  expect(assign(gain)).toEqual(is);
});

test("more columns than it can try are refused", () => {
  expect(() => assign([new Array<number>(17).fill(1)])).toThrow("at most 16");
});

test("silhouettes of points on a line", () => {
  const points = [[0], [1], [10], [11], [30]];
  const labels = [0, 0, 1, 1, 2];
  const found = [...silhouettes(distancesOf(points), labels)].map((value) => Math.round(value * 1e4) / 1e4);
  expect(found).toEqual([0.9048, 0.8947, 0.8947, 0.9048, 0]);
  const near = centroidSilhouettes(points, { labels, centroids: [[0.5], [10.5], [30]] });
  expect(Math.min(...near)).toBeGreaterThan(0.9);
});
