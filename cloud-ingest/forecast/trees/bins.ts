/** Most bins of a feature; bin 0 is for values that are not known. */
export const MOST_BINS = 48;
/** Values looked at for the bounds of bins. */
const SAMPLE = 20_000;

/** Rows x features as bins, column by column, and the upper bounds of bins 1, 2, ... of each feature. */
export interface Binned {
  readonly rows: number;
  readonly columns: readonly Uint8Array[];
  readonly bounds: readonly Float64Array[];
}

/** Bins of about equal counts. `x` is rows x features, row by row; NaN goes to bin 0. */
export function binned(x: Float32Array, features: number): Binned {
  const rows = x.length / features;
  const bounds = Array.from({ length: features }, (_, f) => boundsOf(x, features, f));
  const columns = bounds.map((bound, f) => {
    const column = new Uint8Array(rows);
    for (let row = 0; row < rows; row++) column[row] = binOf(bound, x[row * features + f]!);
    return column;
  });
  return { rows, columns, bounds };
}

function boundsOf(x: Float32Array, features: number, f: number): Float64Array {
  const rows = x.length / features;
  const step = Math.max(1, Math.floor(rows / SAMPLE));
  const known: number[] = [];
  for (let row = 0; row < rows; row += step)
    if (!Number.isNaN(x[row * features + f]!)) known.push(x[row * features + f]!);
  const sorted = Float64Array.from(known).sort();
  const bounds: number[] = [];
  for (let bin = 1; bin < MOST_BINS - 1; bin++) {
    const bound = sorted[Math.floor((bin * sorted.length) / (MOST_BINS - 1))];
    if (bound !== undefined && bound > (bounds.at(-1) ?? Number.NEGATIVE_INFINITY)) bounds.push(bound);
  }
  return Float64Array.from(bounds);
}

/** 1 + how many bounds lie below a value: a value on a bound belongs to the bin which the bound ends. */
export function binOf(bounds: ArrayLike<number>, value: number): number {
  if (Number.isNaN(value)) return 0;
  let [low, high] = [0, bounds.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (value > bounds[middle]!) low = middle + 1;
    else high = middle;
  }
  return low + 1;
}
