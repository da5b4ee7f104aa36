// biome-ignore-all lint/style/noNonNullAssertion: a numeric folder, as those of the edge (style 15).

const NEAR_SLOTS = 2;
/** Twelve times the quartile. */
const FAR = 2.5;

/** Fills the unknown slots (NaN) of a series' logarithms with their mean at the same place in a period, else with the mean of all. */
export function fillByPeriod(logs: Float32Array, period: number): void {
  const sums = new Float64Array(period);
  const counts = new Float64Array(period);
  let [sum, known] = [0, 0];
  for (let slot = 0; slot < logs.length; slot++) {
    const log = logs[slot]!;
    if (Number.isNaN(log)) continue;
    sums[slot % period]! += log;
    counts[slot % period]!++;
    sum += log;
    known++;
  }
  for (let slot = 0; slot < logs.length; slot++) {
    if (!Number.isNaN(logs[slot]!)) continue;
    const cell = slot % period;
    logs[slot] = counts[cell]! > 0 ? sums[cell]! / counts[cell]! : sum / known;
  }
}

/**
 * Pulls logarithms that lie far beyond the quartiles of their place in a period (NaN left alone): a count of 1e9 would otherwise
 * outweigh all others as a regressor, where no weighting of residuals sees it.
 */
export function boundByPeriod(logs: Float32Array, period: number): void {
  const cell = new Float32Array(Math.ceil(logs.length / period));
  for (let place = 0; place < Math.min(period, logs.length); place++) {
    let known = 0;
    for (let slot = place; slot < logs.length; slot += period)
      if (!Number.isNaN(logs[slot]!)) cell[known++] = logs[slot]!;
    const sorted = cell.subarray(0, known).sort();
    const low = sorted[Math.floor(known / 4)]! - FAR;
    const high = sorted[Math.floor((3 * known) / 4)]! + FAR;
    for (let slot = place; slot < logs.length; slot += period) logs[slot] = Math.max(low, Math.min(high, logs[slot]!));
  }
}

/** Mean of the two slots before and the two after each slot: what a thin sibling says of the hour with less noise. */
export function smoothed(level: Float32Array): Float32Array {
  const out = new Float32Array(level.length);
  for (let slot = 0; slot < level.length; slot++) {
    let [sum, count] = [0, 0];
    for (let near = slot - NEAR_SLOTS; near <= slot + NEAR_SLOTS; near++) {
      if (near === slot || near < 0 || near >= level.length) continue;
      sum += level[near]!;
      count++;
    }
    out[slot] = count === 0 ? level[slot]! : sum / count;
  }
  return out;
}
