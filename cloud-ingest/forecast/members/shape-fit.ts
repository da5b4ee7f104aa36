import type { Days } from "../port.ts";
import { remembered } from "../remembered.ts";
import { type CalendarFit, calendarFit, effectOf } from "./calendar-fit.ts";
import { recentMean } from "./recent-level.ts";

/** The parts of level x shape, in the logarithm. */
export interface ShapeFit {
  readonly calendar: CalendarFit;
  /** By weekday, mean 0. */
  readonly shape: Float64Array;
  /** Of a usual day now. */
  readonly level: number;
  /** Level by date: `log` less shape and effects; NaN where not known. */
  readonly flat: Float64Array;
  readonly weights: Float64Array;
  /** Level of the same dates a year ago, as `level` is made; NaN where not known. */
  readonly lastYear: number;
}

const YEAR = 364;
const LEVEL_HALF_LIFE = 12;
const SHAPE_HALF_LIFE = 56;
/** Days on either side of a date of last year that say how high it was. */
const WINDOW = 10;
/** Part of last year's change that comes again. */
const REPEATS = 0.7;
const PASSES = 2;

const made = new WeakMap<Days, Map<number, ShapeFit>>();

/** Made once for the days. */
export function shapeFit(days: Days, series: number): ShapeFit {
  const fits = remembered(made, days, () => new Map());
  return remembered(fits, series, () => makeFit(days, series));
}

/** How last year's level changed from the origin to the same date, as far as it comes again; 0 without a last year. */
export function seasonStep({ flat, weights, lastYear }: ShapeFit, day: number): number {
  if (Number.isNaN(lastYear)) return 0;
  const then = windowMean(flat, weights, day - YEAR);
  return Number.isNaN(then) ? 0 : REPEATS * (then - lastYear);
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
  for (let pass = 0; pass < PASSES; pass++) {
    const level = slidingMean(flat, weights);
    shape = shapeOf(ordinary, { level, weights, weekday });
    flat = ordinary.map((value, day) => value - shape[weekday[day]!]!);
  }
  const end = days.days;
  const { mean } = recentMean(flat, weights, { end, halfLife: LEVEL_HALF_LIFE });
  const before = recentMean(flat, weights, { end: end - YEAR, halfLife: LEVEL_HALF_LIFE });
  return {
    calendar,
    shape,
    flat,
    weights,
    level: Number.isNaN(mean) ? Math.log(calendar.offset) : mean,
    lastYear: before.weight > 3 ? before.mean : Number.NaN,
  };
}

interface ShapeOptions {
  readonly level: Float64Array;
  readonly weights: Float64Array;
  readonly weekday: Uint8Array;
}

function shapeOf(ordinary: Float64Array, { level, weights, weekday }: ShapeOptions): Float64Array<ArrayBuffer> {
  const sums = new Float64Array(7);
  const totals = new Float64Array(7);
  for (let day = 0; day < ordinary.length; day++) {
    const value = ordinary[day]! - level[day]!;
    if (!(weights[day]! > 0) || Number.isNaN(value)) continue;
    const weight = weights[day]! * 0.5 ** ((ordinary.length - 1 - day) / SHAPE_HALF_LIFE);
    sums[weekday[day]!]! += weight * value;
    totals[weekday[day]!]! += weight;
  }
  const shape = sums.map((sum, i) => sum / (totals[i]! + 0.05));
  const mean = shape.reduce((sum, value) => sum + value, 0) / 7;
  return shape.map((value) => value - mean);
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
