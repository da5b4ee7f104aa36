// biome-ignore-all lint/style/noNonNullAssertion: a numeric folder, as those of the edge (style 15).

import { seededRandom } from "../../firmware-config/kit/seeded-random.ts";

/**
 * `k` of the points to start k-means from, far apart: greedy k-means++ (Arthur and Vassilvitskii 2007), which draws 2 + ln k points
 * in proportion to their squared distance from those chosen and keeps the one that leaves the least. The library's own takes two
 * thirds of a run's time. Where all points lie on those chosen, the last is taken again. `points` are at least `k`, of equal width.
 */
export function farStarts(points: readonly (readonly number[])[], k: number, seed: number): number[][] {
  const random = seededRandom(seed);
  const trials = 2 + Math.floor(Math.log(k));
  const first = Math.floor(random() * points.length);
  const chosen = [first];
  let apart = squaredTo(points, first, undefined);
  while (chosen.length < k) {
    let best: Start | undefined;
    for (let trial = 0; trial < trials; trial++) {
      const at = drawn(apart.squared, random() * apart.sum);
      const left = squaredTo(points, at, apart.squared);
      if (!best || left.sum < best.sum) best = { at, ...left };
    }
    apart = best!;
    chosen.push(best!.at);
  }
  return chosen.map((at) => [...points[at]!]);
}

interface Apart {
  /** Squared distance of each point to the nearest that is chosen. */
  readonly squared: Float64Array;
  readonly sum: number;
}

interface Start extends Apart {
  readonly at: number;
}

/** Distances when the point `at` is chosen too. */
function squaredTo(points: readonly (readonly number[])[], at: number, before: Float64Array | undefined): Apart {
  const center = points[at]!;
  const squared = new Float64Array(points.length);
  let sum = 0;
  for (let i = 0; i < points.length; i++) {
    const point = points[i]!;
    let own = 0;
    for (let j = 0; j < center.length; j++) own += (point[j]! - center[j]!) ** 2;
    squared[i] = before ? Math.min(before[i]!, own) : own;
    sum += squared[i]!;
  }
  return { squared, sum };
}

function drawn(squared: Float64Array, where: number): number {
  let sum = 0;
  for (let i = 0; i < squared.length; i++) {
    sum += squared[i]!;
    if (sum > where) return i;
  }
  return squared.length - 1;
}
