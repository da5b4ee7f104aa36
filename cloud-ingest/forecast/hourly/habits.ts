import { evidenceWeights } from "../evidence-weights.ts";
import { HourMean } from "./hour-mean.ts";

const HOURS = 24;
const SATURDAY = 5;
/** Days after which a date's hours count half in what sets its weekday apart: habits of a weekday move slowly. */
const WEEKDAY_HALF_LIFE = 120;
/** Days after which they count half in how all workdays, or both days of the weekend, run now: that moves with light, weather and term, how fast differs by place, so that the past decides. */
const HALF_LIVES = [4, 8, 16, 32] as const;
/** Dates that "as its weekday always was" is worth beside the dates of late. */
const STEADY = 0.5;
/** Dates of the weekday's own that all days together are worth. */
const COMMON = 0.15;
/** Weight ~ error ^ -SHARPNESS of a half-life. */
const SHARPNESS = 20;
/** Days after which such an error counts half. */
const EVIDENCE_HALF_LIFE = 90;
/** Dates of evidence that "all alike" is worth. */
const EQUAL = 14;
/** Deviations beyond which an hour pulls no harder (Huber 1964), and the part of a date in the deviation that is usual. */
const BOUND = 2;
const NEWS = 0.03;
/** A normal deviation in units of its mean absolute one. */
const NORMAL = Math.sqrt(Math.PI / 2);
/** Dates in turn, of workdays or of the weekend, that an hour is off to the same side beyond the bound; the next one counts in full: new opening hours, no fair. */
const PATIENCE = 3;
/** So many people were expected of an hour on dates in turn, and nobody came: it is closed now (by chance once in 20,000 times: Poisson, e^-10). */
const CLOSED = 10;
/** Dates of a weekday before anything is judged by them. */
const KNOWN = 2;

export interface HabitDate {
  readonly day: number;
  /** 0 is Monday. */
  readonly weekday: number;
  /** That came on it. */
  readonly people: number;
}

export const isWeekend = (weekday: number): boolean => weekday >= SATURDAY;

/**
 * By which hours the people of a date come, in square roots of shares (which have the same noise in quiet hours and full ones: Bartlett 1936). A slow mean of each weekday, and how
 * workdays and weekends have run off it of late, at several half-lives that are weighed by how well they told each date before they heard of it.
 */
export class Habits {
  readonly #weekdays = Array.from({ length: 7 }, () => new HourMean(WEEKDAY_HALF_LIFE));
  readonly #common = new HourMean(WEEKDAY_HALF_LIFE);
  /** By workdays and weekends, by half-life. */
  readonly #late = [0, 1].map(() => HALF_LIVES.map((halfLife) => new HourMean(halfLife)));
  readonly #errors = new Float64Array(HALF_LIVES.length);
  readonly #usual = new Float64Array(HOURS);
  /** By workdays and weekends, by hour: dates in turn beyond the bound, those below it negative. */
  readonly #runs = [0, 1].map(() => new Float64Array(HOURS));
  /** By workdays and weekends, by hour: people who were expected since anybody came. */
  readonly #missed = [0, 1].map(() => new Float64Array(HOURS));
  #judged = 0;
  #count = 0;
  #last = 0;

  /** The next date; given back is what is believed of it: no hour further off than is usual. */
  add(roots: Float64Array, date: HabitDate): Float64Array {
    const weekday = this.#weekdays[date.weekday]!;
    const believed = weekday.count >= KNOWN ? this.#bounded(roots, date) : roots;
    weekday.add(believed, date.day);
    this.#common.add(believed, date.day);
    if (weekday.count >= KNOWN) {
      const rest = believed.map((value, hour) => value - weekday.mean[hour]!);
      for (const late of this.#lateOf(date.weekday)) late.add(rest, date.day);
    }
    return believed;
  }

  /** What sets a weekday apart, without how it runs of late. */
  weekday(weekday: number, day: number): Float64Array {
    const own = this.#weekdays[weekday]!;
    const weight = own.weightOn(day);
    return own.mean.map((value, hour) => (weight * value + COMMON * this.#common.mean[hour]!) / (weight + COMMON));
  }

  /** A weekday as it runs now; `day` must not be before the last date added. */
  now(weekday: number, day: number): Float64Array {
    const roots = this.weekday(weekday, day);
    const weights = this.#weights();
    this.#lateOf(weekday).forEach((late, k) => {
      const trust = weights[k]! * trustOf(late, day);
      for (let hour = 0; hour < HOURS; hour++) roots[hour]! += trust * late.mean[hour]!;
    });
    return roots;
  }

  /** Nobody in hours of a weekday in which nobody comes any more. */
  opened(roots: Float64Array, weekday: number): Float64Array {
    const missed = this.#missed[isWeekend(weekday) ? 1 : 0]!;
    return roots.map((root, hour) => (missed[hour]! > CLOSED ? 0 : root));
  }

  #lateOf(weekday: number): readonly HourMean[] {
    return this.#late[isWeekend(weekday) ? 1 : 0]!;
  }

  #bounded(roots: Float64Array, { day, weekday, people }: HabitDate): Float64Array {
    const { mean } = this.#weekdays[weekday]!;
    const shares = sharesOf(roots);
    const middle = new Float64Array(HOURS);
    const keep = 0.5 ** ((day - this.#last) / EVIDENCE_HALF_LIFE);
    const told = new Float64Array(HOURS);
    this.#lateOf(weekday).forEach((late, k) => {
      const trust = trustOf(late, day);
      for (let hour = 0; hour < HOURS; hour++) {
        told[hour] = mean[hour]! + trust * late.mean[hour]!;
        middle[hour]! += told[hour]! / HALF_LIVES.length;
      }
      this.#errors[k] = this.#errors[k]! * keep + distance(shares, sharesOf(told));
    });
    this.#judged = this.#judged * keep + 1;
    this.#last = day;
    this.#count++;
    const news = Math.max(NEWS, 1 / this.#count);
    const runs = this.#runs[isWeekend(weekday) ? 1 : 0]!;
    const missed = this.#missed[isWeekend(weekday) ? 1 : 0]!;
    // A loop in place of a map, here and in sharesOf: this is done for each date of each past origin.
    const believed = new Float64Array(HOURS);
    for (let hour = 0; hour < HOURS; hour++) {
      const value = roots[hour]!;
      const off = value - middle[hour]!;
      missed[hour] = value > 0 ? 0 : missed[hour]! + people * Math.max(0, middle[hour]!) ** 2;
      this.#usual[hour]! += news * (Math.abs(off) - this.#usual[hour]!);
      const limit = BOUND * NORMAL * this.#usual[hour]!;
      const side = Math.abs(off) > limit ? Math.sign(off) : 0;
      runs[hour] = side * runs[hour]! > 0 ? runs[hour]! + side : side;
      believed[hour] =
        Math.abs(runs[hour]!) > PATIENCE ? value : middle[hour]! + Math.max(-limit, Math.min(limit, off));
    }
    return believed;
  }

  #weights(): Float64Array {
    return evidenceWeights(this.#errors, { sharpness: SHARPNESS, judged: this.#judged, equal: EQUAL });
  }
}

function trustOf(late: HourMean, day: number): number {
  const weight = late.weightOn(day);
  return weight / (weight + STEADY);
}

/** Shares of the hours by their square roots, below 0 for none; even where nothing is known. */
export function sharesOf(roots: Float64Array): Float64Array {
  const shares = new Float64Array(HOURS);
  let total = 0;
  for (let hour = 0; hour < HOURS; hour++) {
    shares[hour] = roots[hour]! > 0 ? roots[hour]! * roots[hour]! : 0;
    total += shares[hour]!;
  }
  if (!(total > 0)) return shares.fill(1 / HOURS);
  for (let hour = 0; hour < HOURS; hour++) shares[hour]! /= total;
  return shares;
}

function distance(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let hour = 0; hour < HOURS; hour++) sum += Math.abs(a[hour]! - b[hour]!);
  return sum;
}
