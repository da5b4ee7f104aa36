import type { SeriesChampion } from "../port.ts";
import { groupOf } from "./horizon-group.ts";

/**
 * The weighted geometric mean of members, by date, with what it leans made good: it moves with ratios, as members do. `offset` keeps a quiet day from pulling all to 0.
 */
export function combined(
  predictions: readonly Float64Array[],
  { weights, lean = 0 }: Pick<SeriesChampion, "weights" | "lean">,
  offset: number,
): Float64Array {
  const length = predictions[0]?.length ?? 0;
  return Float64Array.from({ length }, (_, h) => {
    const group = weights[groupOf(h)]!;
    let log = lean;
    for (let m = 0; m < predictions.length; m++) log += group[m]! * Math.log(predictions[m]![h]! + offset);
    return Math.max(0, Math.exp(log) - offset);
  });
}
