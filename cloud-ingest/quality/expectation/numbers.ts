/** Standard deviations in a median absolute deviation of a normal distribution. */
export const MAD_SCALE = 1.4826;

/** The quantile of the finite values, linear between ranks; NaN of none. */
export function quantile(values: ArrayLike<number>, share: number): number {
  const finite = new Float64Array(values.length);
  let count = 0;
  for (let i = 0; i < values.length; i++) if (Number.isFinite(values[i])) finite[count++] = values[i]!;
  if (count === 0) return Number.NaN;
  const at = share * (count - 1);
  const rank = Math.floor(at);
  const low = select(finite, count, rank);
  if (rank === at) return low;
  let high = Number.POSITIVE_INFINITY;
  for (let i = rank + 1; i < count; i++) if (finite[i]! < high) high = finite[i]!;
  return low + (high - low) * (at - rank);
}

/**
 * The value of a rank among the first `count`, found without sorting them (FIND of Hoare, 1961); afterwards those behind the rank are none below it.
 * Pivots lie anywhere, by a fixed course of chance: a season is a hill, and a hill's middle is the worst pivot.
 */
function select(values: Float64Array, count: number, rank: number): number {
  let [left, right, chance] = [0, count - 1, 1];
  while (left < right) {
    chance = (Math.imul(chance, 1_103_515_245) + 12_345) >>> 1;
    const pivot = values[left + (chance % (right - left + 1))]!;
    let [i, j] = [left, right];
    while (i <= j) {
      while (values[i]! < pivot) i++;
      while (values[j]! > pivot) j--;
      if (i > j) break;
      const value = values[i]!;
      values[i++] = values[j]!;
      values[j--] = value;
    }
    if (rank <= j) right = j;
    else if (rank >= i) left = i;
    else break;
  }
  return values[rank]!;
}

/** The quantile of sorted finite values, linear between ranks (type 7 of Hyndman and Fan, 1996); NaN of none. */
export function sortedQuantile(sorted: Float64Array, share: number): number {
  if (sorted.length === 0) return Number.NaN;
  const at = share * (sorted.length - 1);
  const low = sorted[Math.floor(at)]!;
  const high = sorted[Math.ceil(at)]!;
  return low + (high - low) * (at - Math.floor(at));
}

export const median = (values: ArrayLike<number>): number => quantile(values, 0.5);

/** Robust standard deviation about the median; NaN of none. */
export function madSigma(values: ArrayLike<number>): number {
  const middle = median(values);
  return MAD_SCALE * median(Array.from(values, (value) => Math.abs(value - middle)));
}

/** The value at which half of the weight lies on either side; sorts `order`-free small lists in place. NaN of none. */
export function weightedMedian(values: Float64Array, weights: Float64Array, count: number): number {
  let total = 0;
  for (let i = 1; i < count; i++) {
    const value = values[i]!;
    const weight = weights[i]!;
    let at = i;
    for (; at > 0 && values[at - 1]! > value; at--) {
      values[at] = values[at - 1]!;
      weights[at] = weights[at - 1]!;
    }
    values[at] = value;
    weights[at] = weight;
  }
  for (let i = 0; i < count; i++) total += weights[i]!;
  let below = 0;
  for (let i = 0; i < count; i++) {
    below += weights[i]!;
    if (Math.abs(below - total / 2) < 1e-9 * total) return (values[i]! + values[i + 1]!) / 2;
    if (below > total / 2) return values[i]!;
  }
  return Number.NaN;
}

/** Rounded to 1 / `parts`; a number too large to have such parts stays as it is, and never becomes infinite. */
export function rounded(value: number, parts: number): number {
  return Math.abs(value) < Number.MAX_SAFE_INTEGER / parts ? Math.round(value * parts) / parts : value;
}
