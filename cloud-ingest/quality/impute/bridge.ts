// biome-ignore-all lint/style/noNonNullAssertion: a numeric folder, as those of the edge (style 15).
import { solveInPlace, substitute } from "./linear-algebra.ts";

/** Known residuals on each side of a gap that are asked one by one, and days beyond them whose means are asked. */
const NEAR = { hour: 12, day: 10 } as const;
const DAYS = 3;
const SLOW_DAYS = 4;
const LEAST_OF_DAY = 6;

/** What is asked of the residuals around a gap: means over `from` to before `to`, relative to the gap's first slot. */
interface Asked {
  readonly from: number;
  readonly to: number;
}

/** Residuals' covariance at a distance of some slots: `slow` fades over days, `fast` over hours, `noise` is each slot's own. */
interface Covariance {
  readonly slow: number;
  readonly fast: number;
  readonly noise: number;
  readonly slowSlots: number;
  readonly fastSlots: number;
}

export interface Bridge {
  /** Adds to `out` what the residuals before and after a gap that starts at row `first` say of its slots. */
  apply(residuals: Float64Array, first: number, out: Float64Array): void;
}

/** The best linear prediction (simple kriging, Krige 1951) of the residuals of `length` slots from those on both sides. */
export function bridgeOver(residuals: Float64Array, length: number, perDay: number): Bridge {
  const covariance = covarianceOf(residuals, perDay);
  const asked = askedAround(length, perDay);
  const weights = weightsOf(asked, covariance, length);
  return {
    apply(values, first, out) {
      for (let k = 0; k < asked.length; k++) {
        const mean = meanOf(values, first + asked[k]!.from, first + asked[k]!.to);
        if (mean === 0) continue;
        for (let slot = 0; slot < length; slot++) out[slot]! += weights[slot * asked.length + k]! * mean;
      }
    },
  };
}

function askedAround(length: number, perDay: number): Asked[] {
  const near = perDay > 1 ? NEAR.hour : NEAR.day;
  const asked: Asked[] = [];
  for (let k = 0; k < near; k++) asked.push({ from: -1 - k, to: -k }, { from: length + k, to: length + k + 1 });
  for (let day = 0; perDay > 1 && day < DAYS; day++) {
    const at = near + day * perDay;
    asked.push({ from: -at - perDay, to: -at }, { from: length + at, to: length + at + perDay });
  }
  return asked;
}

/** Per slot of the gap and per question a weight. */
function weightsOf(asked: readonly Asked[], covariance: Covariance, length: number): Float64Array {
  const n = asked.length;
  const matrix = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) matrix[i * n + j] = between(asked[i]!, asked[j]!, covariance);
    matrix[i * n + i]! += covariance.noise / (asked[i]!.to - asked[i]!.from) + 1e-9;
  }
  const weights = new Float64Array(length * n);
  const factor = matrix;
  const right = new Float64Array(n);
  solveInPlace(factor, right, n);
  for (let slot = 0; slot < length; slot++) {
    for (let k = 0; k < n; k++) right[k] = between({ from: slot, to: slot + 1 }, asked[k]!, covariance);
    substitute(factor, right, n);
    weights.set(right, slot * n);
  }
  return weights;
}

function between(a: Asked, b: Asked, { slow, fast, slowSlots, fastSlots }: Covariance): number {
  const distance = Math.abs((a.from + a.to) / 2 - (b.from + b.to) / 2);
  const isWide = a.to - a.from > 1 || b.to - b.from > 1;
  const quick = isWide ? (fast * fastSlots) / Math.max(a.to - a.from, b.to - b.from) : fast;
  return slow * Math.exp(-distance / slowSlots) + quick * Math.exp(-distance / fastSlots);
}

function meanOf(values: Float64Array, from: number, to: number): number {
  let [sum, known] = [0, 0];
  for (let row = Math.max(0, from); row < Math.min(values.length, to); row++) {
    if (Number.isNaN(values[row]!)) continue;
    sum += values[row]!;
    known++;
  }
  return known === 0 || (to - from > 1 && known < LEAST_OF_DAY) ? 0 : sum / known;
}

/** By the method of moments from the residuals' own products at distances of hours and of days. */
function covarianceOf(residuals: Float64Array, perDay: number): Covariance {
  const at = (lag: number) => productAt(residuals, lag);
  const variance = at(0) || 1e-9;
  if (perDay === 1) {
    const slow = clamp((at(1) * 1.25 + at(2) * 1.5) / 2, 0, 0.8 * variance);
    return { slow, fast: 0, noise: variance - slow, slowSlots: SLOW_DAYS, fastSlots: 1 };
  }
  const aDay = (at(23) + at(24) + at(25)) / 3;
  const twoDays = (at(47) + at(48) + at(49)) / 3;
  const slow = clamp((aDay * 1.2 + twoDays * 1.3) / 2, 0, 0.6 * variance);
  const [one, two, four] = [at(1), at(2), at(4)];
  const fast = clamp((one * 1.2 + two * 1.4) / 2 - slow, 0, 0.95 * variance - slow);
  const fading = clamp((four - slow) / Math.max(1e-9, one - slow), 0.2, 0.95);
  const noise = Math.max(0.05 * variance, variance - slow - fast);
  return { slow, fast, noise, slowSlots: SLOW_DAYS * perDay, fastSlots: clamp(-3 / Math.log(fading), 1, 12) };
}

function productAt(residuals: Float64Array, lag: number): number {
  let [sum, count] = [0, 0];
  for (let row = lag; row < residuals.length; row++) {
    const product = residuals[row]! * residuals[row - lag]!;
    if (Number.isNaN(product)) continue;
    sum += product;
    count++;
  }
  return count === 0 ? 0 : sum / count;
}

const clamp = (value: number, low: number, high: number) => Math.max(low, Math.min(high, value));
