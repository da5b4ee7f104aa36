// biome-ignore-all lint/style/noNonNullAssertion: a numeric folder, as those of the edge (style 15).
import type { GapWindow } from "./gap-window.ts";

/** Per row of the window: how far a level lies from that of the row's neighbours; 0 for a row without neighbours. */
export function deviations(
  { from, start, slots, weights }: GapWindow,
  level: Float32Array | Float64Array,
): Float64Array {
  const out = new Float64Array(start.length - 1);
  for (let row = 0; row < out.length; row++) {
    const [first, last] = [start[row]!, start[row + 1]!];
    if (first === last) continue;
    let mean = 0;
    for (let at = first; at < last; at++) mean += weights[at]! * level[slots[at]!]!;
    out[row] = level[from + row]! - mean;
  }
  return out;
}

/** Per row: weighted mean of the neighbours' levels, outliers pulled to `bound` robust deviations (Huber 1964); NaN without any. */
export function robustProfile({ start, slots, weights }: GapWindow, level: Float64Array, bound: number): Float64Array {
  const out = new Float64Array(start.length - 1).fill(Number.NaN);
  const buffer = new Float64Array(slots.length);
  for (let row = 0; row < out.length; row++) {
    const [first, count] = [start[row]!, start[row + 1]! - start[row]!];
    if (count === 0) continue;
    for (let k = 0; k < count; k++) buffer[k] = level[slots[first + k]!]!;
    const middle = medianInPlace(buffer, count);
    const reach = bound * spreadOf(buffer, count, middle);
    let mean = 0;
    for (let at = first; at < first + count; at++) {
      mean += weights[at]! * Math.max(middle - reach, Math.min(middle + reach, level[slots[at]!]!));
    }
    out[row] = mean;
  }
  return out;
}

/** 1.4826 times the median distance from the middle; without limit where two or fewer vote. The buffer is used up. */
function spreadOf(buffer: Float64Array, count: number, middle: number): number {
  if (count <= 2) return Number.MAX_VALUE / 4;
  for (let k = 0; k < count; k++) buffer[k] = Math.abs(buffer[k]! - middle);
  return 1.4826 * medianInPlace(buffer, count) + 0.01;
}

function medianInPlace(values: Float64Array, count: number): number {
  for (let i = 1; i < count; i++) {
    const value = values[i]!;
    let at = i;
    for (; at > 0 && values[at - 1]! > value; at--) values[at] = values[at - 1]!;
    values[at] = value;
  }
  const half = count >> 1;
  return count % 2 === 1 ? values[half]! : (values[half - 1]! + values[half]!) / 2;
}
