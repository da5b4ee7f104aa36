import { decayOf } from "../decay.ts";
import type { Days } from "../port.ts";
import { remembered } from "../remembered.ts";
import { type CalendarFit, calendarFit, effectOf } from "./calendar-fit.ts";
import { type Levels, levelAhead, levelsAt, levelWeights, smoothed } from "./level.ts";
import { BOUND, boundedTo, spreadOf } from "./robust.ts";

/** The parts of level x shape, in the logarithm. */
export interface ShapeFit {
  readonly calendar: CalendarFit;
  /** By weekday, mean 0. */
  readonly shape: Float64Array;
  /** Of a usual day now. */
  readonly levels: Levels;
  /** Level by date: `log` less shape and effects; NaN where not known. */
  readonly flat: Float64Array;
  /** `flat` with what is far from the weeks about it bounded, for means over windows. */
  readonly calm: Float64Array;
  readonly weights: Float64Array;
  /** Of the same dates one, two and three years ago, made in the same way; NaN where not known. */
  readonly yearsAgo: readonly Levels[];
}

const YEAR = 364;
const SHAPE_HALF_LIFE = 42;
/** Days on either side of a date of last year that say how high it was. */
const WINDOW = 10;
/** Part of last year's change that comes again. */
const REPEATS = 0.7;
const MOST_YEARS = 3;
/** What each further year counts of the one after it. */
const OLDER = 0.7;
const PASSES = 2;
/** Dates before a date of last year that its level needs. */
const LEAST_BEFORE = 14;

const made = new WeakMap<Days, Map<number, ShapeFit>>();

/** Made once for the days. */
export function shapeFit(days: Days, series: number): ShapeFit {
  const fits = remembered(made, days, () => new Map());
  return remembered(fits, series, () => makeFit(days, series));
}

/** How the level of the years before went on from the origin to the same date, as far as it comes again; 0 without such a year. */
export function seasonStep({ flat, calm, weights, yearsAgo }: ShapeFit, day: number): number {
  let [sum, total] = [0, 0];
  for (let year = 1; year <= MOST_YEARS; year++) {
    const now = levelAhead(yearsAgo[year - 1]!, day - flat.length);
    const then = windowMean(calm, weights, day - year * YEAR);
    if (Number.isNaN(now) || Number.isNaN(then)) continue;
    const weight = OLDER ** (year - 1);
    sum += weight * (then - now);
    total += weight;
  }
  return total > 0 ? (REPEATS * sum) / total : 0;
}

function makeFit(days: Days, series: number): ShapeFit {
  const calendar = calendarFit(days, series);
  const { weekday } = days.dates[series]!;
  const { weights } = calendar;
  const ordinary = calendar.log.map((value, day) =>
    Number.isNaN(value) ? Number.NaN : value - effectOf(calendar, day),
  );
  let shape = new Float64Array(7);
  let flat = ordinary;
  let limit = Number.POSITIVE_INFINITY;
  for (let pass = 0; pass < PASSES; pass++) {
    const level = slidingMean(flat, weights);
    // The first pass knows no shape that a date could be far from.
    shape = shapeOf(ordinary, { level, weights, weekday, before: shape, limit });
    limit = BOUND * spreadOf(ordinary.map((value, day) => value - level[day]! - shape[weekday[day]!]!));
    flat = ordinary.map((value, day) => value - shape[weekday[day]!]!);
  }
  const smooth = smoothed(flat, weights);
  const mixed = levelWeights(flat, smooth);
  const levels = levelsAt(smooth, mixed, days.days);
  const none = Math.log(calendar.offset);
  return {
    calendar,
    shape,
    flat,
    calm: calmed(flat, weights),
    weights,
    levels: Number.isNaN(levels.near) ? { near: none, far: none } : levels,
    yearsAgo: Array.from({ length: MOST_YEARS }, (_, i) => {
      const then = days.days - (i + 1) * YEAR;
      return then >= LEAST_BEFORE ? levelsAt(smooth, mixed, then) : { near: Number.NaN, far: Number.NaN };
    }),
  };
}

interface ShapeOptions {
  readonly level: Float64Array;
  readonly weights: Float64Array;
  readonly weekday: Uint8Array;
  /** The shape as it is known so far, and how far from it a date pulls. */
  readonly before: Float64Array;
  readonly limit: number;
}

function shapeOf(ordinary: Float64Array, options: ShapeOptions): Float64Array<ArrayBuffer> {
  const { level, weights, weekday, before, limit } = options;
  const sums = new Float64Array(7);
  const totals = new Float64Array(7);
  const decay = decayOf(SHAPE_HALF_LIFE, ordinary.length);
  for (let day = 0; day < ordinary.length; day++) {
    const value = boundedTo(ordinary[day]! - level[day]!, before[weekday[day]!]!, limit);
    if (!(weights[day]! > 0) || Number.isNaN(value)) continue;
    const weight = weights[day]! * decay[ordinary.length - 1 - day]!;
    sums[weekday[day]!]! += weight * value;
    totals[weekday[day]!]! += weight;
  }
  const shape = sums.map((sum, i) => sum / (totals[i]! + 0.05));
  const mean = shape.reduce((sum, value) => sum + value, 0) / 7;
  return shape.map((value) => value - mean);
}

function calmed(flat: Float64Array, weights: Float64Array): Float64Array {
  const level = flat.map((_, day) => windowMean(flat, weights, day));
  const limit = BOUND * spreadOf(flat.map((value, day) => value - level[day]!));
  return flat.map((value, day) => boundedTo(value, level[day]!, limit));
}

/** Mean of the week about each date. */
function slidingMean(values: Float64Array, weights: Float64Array): Float64Array {
  return values.map((_, day) => around(values, weights, { day, reach: 3 }));
}

const windowMean = (values: Float64Array, weights: Float64Array, day: number) =>
  around(values, weights, { day, reach: WINDOW });

function around(values: Float64Array, weights: Float64Array, { day, reach }: { day: number; reach: number }): number {
  let [sum, total] = [0, 0];
  for (let at = Math.max(0, day - reach); at <= Math.min(values.length - 1, day + reach); at++) {
    if (!(weights[at]! > 0) || Number.isNaN(values[at]!)) continue;
    sum += weights[at]! * values[at]!;
    total += weights[at]!;
  }
  return total > 0 ? sum / total : Number.NaN;
}
