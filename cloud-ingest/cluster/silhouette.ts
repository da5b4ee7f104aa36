// biome-ignore-all lint/style/noNonNullAssertion: a numeric folder, as those of the edge (style 15).

/** Euclidean distance. */
export function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i]! - b[i]!) ** 2;
  return Math.sqrt(sum);
}

/**
 * How well each point lies in its cluster: 1 far from all others, 0 between two, below 0 nearer to another (Rousseeuw 1987). A point
 * alone in its cluster has 0. `labels` are 0..k-1; `distances` holds the distance of each to each, row by row.
 */
export function silhouettes(distances: Float32Array, labels: readonly number[]): Float64Array {
  const n = labels.length;
  const k = Math.max(0, ...labels) + 1;
  const sizes = new Float64Array(k);
  for (const label of labels) sizes[label]!++;
  const sums = new Float64Array(k);
  return Float64Array.from(labels, (own, i) => {
    sums.fill(0);
    for (let j = 0; j < n; j++) sums[labels[j]!]! += distances[i * n + j]!;
    if (sizes[own]! < 2 || k < 2) return 0;
    const within = sums[own]! / (sizes[own]! - 1);
    let nearest = Number.POSITIVE_INFINITY;
    for (let other = 0; other < k; other++)
      if (other !== own && sizes[other]! > 0) nearest = Math.min(nearest, sums[other]! / sizes[other]!);
    const larger = Math.max(within, nearest);
    return larger === 0 ? 0 : (nearest - within) / larger;
  });
}

/** Distances of each to each, row by row; 4 bytes each. */
export function distancesOf(points: readonly ArrayLike<number>[]): Float32Array {
  const n = points.length;
  const all = new Float32Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j < i; j++) {
      const apart = distance(points[i]!, points[j]!);
      all[i * n + j] = apart;
      all[j * n + i] = apart;
    }
  return all;
}

/** The same with the distance to a centroid in place of the mean distance to its points: linear in the number of points. */
export function centroidSilhouettes(
  points: readonly ArrayLike<number>[],
  { labels, centroids }: { readonly labels: readonly number[]; readonly centroids: readonly ArrayLike<number>[] },
): Float64Array {
  return Float64Array.from(points, (point, i) => {
    const apart = centroids.map((centroid) => distance(point, centroid));
    const within = apart[labels[i]!]!;
    const nearest = Math.min(...apart.filter((_, label) => label !== labels[i]));
    const larger = Math.max(within, nearest);
    return Number.isFinite(larger) && larger > 0 ? (nearest - within) / larger : 0;
  });
}
