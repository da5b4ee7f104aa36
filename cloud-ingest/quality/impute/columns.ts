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
export function robustProfile(
  { start, slots, weights }: GapWindow,
  level: Float32Array | Float64Array,
  bound: number,
): Float64Array {
  const out = new Float64Array(start.length - 1).fill(Number.NaN);
  const size = slots.length;
  const buffer = new Float64Array(Math.min(size, 64));
  for (let row = 0; row < out.length; row++) {
    const [first, last] = [start[row]!, start[row + 1]!];
    if (first === last) continue;
    const [middle, spread] = middleOf(level, slots.subarray(first, last), buffer.subarray(0, last - first));
    let mean = 0;
    for (let at = first; at < last; at++) {
      const value = level[slots[at]!]!;
      mean += weights[at]! * Math.max(middle - bound * spread, Math.min(middle + bound * spread, value));
    }
    out[row] = mean;
  }
  return out;
}

/** Median and 1.4826 times the median distance from it; a spread without limit where two or fewer vote. */
function middleOf(level: Float32Array | Float64Array, slots: Int32Array, buffer: Float64Array): [number, number] {
  for (let k = 0; k < slots.length; k++) buffer[k] = level[slots[k]!]!;
  const middle = medianInPlace(buffer);
  if (slots.length <= 2) return [middle, Number.MAX_VALUE / 4];
  for (let k = 0; k < slots.length; k++) buffer[k] = Math.abs(level[slots[k]!]! - middle);
  return [middle, 1.4826 * medianInPlace(buffer) + 0.01];
}

function medianInPlace(values: Float64Array): number {
  for (let i = 1; i < values.length; i++) {
    const value = values[i]!;
    let at = i;
    for (; at > 0 && values[at - 1]! > value; at--) values[at] = values[at - 1]!;
    values[at] = value;
  }
  const half = values.length >> 1;
  return values.length % 2 === 1 ? values[half]! : (values[half - 1]! + values[half]!) / 2;
}
