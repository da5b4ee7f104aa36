/** Standard deviations in a median absolute deviation of a normal distribution. */
export const MAD_SCALE = 1.4826;

/** The quantile of the finite values, linear between ranks; NaN of none. */
export function quantile(values: ArrayLike<number>, share: number): number {
  const sorted = Float64Array.from(Array.from(values).filter(Number.isFinite)).sort();
  return sortedQuantile(sorted, share);
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
