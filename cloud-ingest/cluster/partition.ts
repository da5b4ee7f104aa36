// ml-kmeans: k-means in plain JavaScript, kept by the mljs group (MIT).
import { kmeans } from "ml-kmeans";
import { farStarts } from "./far-starts.ts";
import { distance } from "./silhouette.ts";

const MOST_ITERATIONS = 100;

/** Points in k clusters: a label 0..k-1 for each, and the mean of each cluster. */
export interface Partition {
  readonly labels: readonly number[];
  readonly centroids: readonly (readonly number[])[];
  /** Sum of squared distances to the centroids. */
  readonly spread: number;
}

/** The best of `seeds` starts of k-means; the same points give the same partition, whatever their order of labels. */
export function partitionOf(points: readonly (readonly number[])[], k: number, seeds: number): Partition {
  // The library only reads them.
  const data = points as number[][];
  let best: Partition | undefined;
  for (let seed = 1; seed <= seeds; seed++) {
    const { clusters, centroids } = kmeans(data, k, {
      initialization: farStarts(points, k, seed),
      maxIterations: MOST_ITERATIONS,
    });
    const spread = spreadOf(points, clusters, centroids);
    if (!best || spread < best.spread - 1e-12) best = { labels: clusters, centroids, spread };
  }
  if (!best) throw new RangeError("k-means needs a seed at least");
  return largestFirst(best, k);
}

/** The label of the nearest centroid for each point. */
export function nearest(points: readonly (readonly number[])[], centroids: readonly (readonly number[])[]): number[] {
  return points.map((point) => {
    const apart = centroids.map((centroid) => distance(point, centroid));
    return apart.indexOf(Math.min(...apart));
  });
}

function spreadOf(
  points: readonly (readonly number[])[],
  labels: readonly number[],
  centroids: readonly (readonly number[])[],
) {
  return points.reduce((sum, point, index) => sum + distance(point, centroids[labels[index] ?? 0] ?? []) ** 2, 0);
}

/** Labels by falling size, then by the first point: a start's own order means nothing. */
function largestFirst({ labels, centroids, spread }: Partition, k: number): Partition {
  const sizes = new Array<number>(k).fill(0);
  for (const label of labels) sizes[label] = (sizes[label] ?? 0) + 1;
  const order = sizes
    .map((size, label) => ({ size, label, first: labels.indexOf(label) }))
    .sort((a, b) => b.size - a.size || a.first - b.first)
    .map(({ label }) => label);
  return {
    labels: labels.map((label) => order.indexOf(label)),
    centroids: order.map((label) => centroids[label] ?? []),
    spread,
  };
}
