import { median } from "../../quality/expectation/numbers.ts";

const WEEK = 7;
/** Robust deviations beyond which a date pulls no harder (Huber 1964): a fair or a broken counter is no new level. */
export const BOUND = 2;
/** A median absolute deviation in units of a normal deviation. */
const NORMAL = 1.4826;
/** Fewer numbers tell no spread. */
const LEAST = 20;

/** How far numbers usually lie from 0, as a normal deviation has it; infinite where too few are known or most are 0, so that nothing is bounded. */
export function spreadOf(values: Float64Array): number {
  const sizes = values.map(Math.abs);
  const known = sizes.reduce((sum, size) => sum + (Number.isNaN(size) ? 0 : 1), 0);
  const spread = known < LEAST ? 0 : NORMAL * median(sizes);
  return spread > 1e-9 ? spread : Number.POSITIVE_INFINITY;
}

/** The spread of one date about a level that moves: by steps from week to week, in which two dates differ. */
export function noiseOf(values: Float64Array): number {
  return spreadOf(values.map((value, day) => value - (values[day - WEEK] ?? Number.NaN))) / Math.SQRT2;
}

/** `value`, not further from `middle` than `limit`. */
export const boundedTo = (value: number, middle: number, limit: number): number =>
  Math.max(middle - limit, Math.min(middle + limit, value));

/** A level that so few recent dates vouch for bounds nothing: the first days of a series, or the first ones behind a long gap. */
const LEAST_WEIGHT = 2;
/** Unknown dates in turn behind which the noise of before tells nothing of now: a lockdown, a renovation, a closed season. */
const LONG_GAP = 21;
/** Part of each date in the noise that is learnt anew behind such a gap, and how many times the usual one date may seem. */
const NEWS = 0.1;
const MOST = 3;
/** The mean absolute deviation of normal noise, as a part of the bound. */
const USUAL = Math.sqrt(2 / Math.PI) / BOUND;

/**
 * Exponential smoothing in which a date moves the level by no more than a bounded step (Gelper, Fried and Croux 2010): one wild date is taken for noise.
 * What is off to the same side for longer than a week is a change: the bound grows with each further date. A gap makes no level forgotten: its weight falls, its value stays.
 * Behind a long gap the bound follows how far dates lie from the level of late, as those authors have it everywhere, but is never narrower than before.
 */
export class BoundedLevel {
  readonly #keep: number;
  readonly #limit: number;
  #sum = 0;
  #total = 0;
  #level = Number.NaN;
  /** Dates in turn beyond the bound, those below the level negative. */
  #run = 0;
  /** Unknown dates in turn; none is counted before the first that is known. */
  #gap = Number.NaN;
  #isBehindGap = false;
  /** How many times the bound it is now. */
  #width = 1;

  /** `limit`: the longest step, in units of the values. */
  constructor(halfLife: number, limit: number) {
    this.#keep = 0.5 ** (1 / halfLife);
    this.#limit = limit;
  }

  /** The next date; NaN or weight 0 for one that is not known. */
  add(value: number, weight: number): void {
    if (weight > 0 && !Number.isNaN(value)) {
      if (this.#gap >= LONG_GAP) this.#isBehindGap = true;
      this.#gap = 0;
      this.#sum += weight * (this.#total > LEAST_WEIGHT ? this.#bounded(value) : value);
      this.#total += weight;
      this.#level = this.#sum / this.#total;
    } else this.#gap++;
    this.#sum *= this.#keep;
    this.#total *= this.#keep;
  }

  /** NaN until something is known; however long the gap since. */
  get level(): number {
    return this.#level;
  }

  /** How many recent dates speak. */
  get weight(): number {
    return this.#total;
  }

  #bounded(value: number): number {
    const off = value - this.level;
    const limit = this.#limit * this.#width;
    const side = Math.abs(off) > limit ? Math.sign(off) : 0;
    this.#run = side * this.#run > 0 ? this.#run + side : side;
    if (this.#isBehindGap) this.#widen(Math.abs(off) / limit);
    return boundedTo(value, this.level, limit * Math.max(1, Math.abs(this.#run) - WEEK + 1));
  }

  /** `size`: of a deviation, as a part of the bound. */
  #widen(size: number): void {
    const change = 1 - NEWS + NEWS * Math.min(MOST, size / USUAL);
    this.#width = Math.max(1, this.#width * change);
  }
}
