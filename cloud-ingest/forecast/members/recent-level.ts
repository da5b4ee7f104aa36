import { decayOf } from "../decay.ts";

/** The weighted mean of the values before `end`, halving in `halfLife` days; `weight` says how many recent days speak. NaN of none. */
export function recentMean(
  values: Float64Array,
  weights: Float64Array,
  { end, halfLife }: { end: number; halfLife: number },
): { mean: number; weight: number } {
  let [sum, weight] = [0, 0];
  const first = Math.max(0, end - Math.ceil(8 * halfLife));
  const decay = decayOf(halfLife, end);
  for (let day = first; day < end; day++) {
    if (!(weights[day]! > 0) || Number.isNaN(values[day]!)) continue;
    const each = weights[day]! * decay[end - 1 - day]!;
    sum += each * values[day]!;
    weight += each;
  }
  return { mean: weight > 0 ? sum / weight : Number.NaN, weight };
}
