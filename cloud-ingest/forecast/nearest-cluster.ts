import type { Family, History } from "./port.ts";

/**
 * The cluster whose hours are most like a newcomer's, over the very hours that the newcomer has: Hellinger's distance between their shares, so that neither size nor
 * which weekdays it has seen is a part of it. Undefined where no series of its level has a cluster, or nobody came yet.
 */
export function nearestCluster(
  { values }: Pick<History, "values">,
  families: readonly Family[],
  series: number,
): number | undefined {
  const own = values[series]!;
  const slots = [...own.keys()].filter((slot) => own[slot]! >= 0);
  const mine = sharesOf(own, slots);
  if (!mine) return undefined;
  const sums = new Map<number, Float64Array>();
  families.forEach(({ level, cluster }, other) => {
    if (cluster === undefined || other === series || level !== families[series]!.level) return;
    const shares = sharesOf(values[other]!, slots);
    const sum = sums.get(cluster) ?? new Float64Array(slots.length);
    if (shares)
      sums.set(
        cluster,
        sum.map((value, i) => value + shares[i]!),
      );
  });
  let nearest: { readonly cluster: number; readonly likeness: number } | undefined;
  for (const [cluster, sum] of [...sums].sort(([a], [b]) => a - b)) {
    const total = sum.reduce((a, b) => a + b, 0);
    const likeness = sum.reduce((likeness, value, i) => likeness + Math.sqrt((value / total) * mine[i]!), 0);
    if (!nearest || likeness > nearest.likeness) nearest = { cluster, likeness };
  }
  return nearest?.cluster;
}

/** Shares of people by slot; what is not known of it counts as nobody. */
function sharesOf(values: Float64Array, slots: readonly number[]): Float64Array | undefined {
  const people = Float64Array.from(slots, (slot) => (Number.isNaN(values[slot]!) ? 0 : values[slot]!));
  const total = people.reduce((a, b) => a + b, 0);
  return total > 0 ? people.map((value) => value / total) : undefined;
}
