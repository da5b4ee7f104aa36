import { median } from "../../quality/expectation/numbers.ts";
import { solveInPlace } from "../../quality/impute/linear-algebra.ts";
import { decayOf } from "../decay.ts";
import type { Days } from "../port.ts";
import { remembered } from "../remembered.ts";
import { type Design, designOf, type Range } from "./design.ts";

/** What a series does by the calendar, in the logarithm of people. */
export interface CalendarFit {
  readonly design: Design;
  readonly coefficients: Float64Array;
  /** log(people + offset) by date of the history; NaN where not known. */
  readonly log: Float64Array;
  readonly weights: Float64Array;
  readonly offset: number;
  /** `log` less the fit, by date of the history; NaN where not known. */
  readonly residual: Float64Array;
}

const ROUNDS = 3;
/** Robust deviations from which on a date counts less (Huber 1964). */
const BOUND = 3;
/** Days after which a date counts half: habits of last year, not of ten years ago. */
const HALF_LIFE = 550;
/** Dates that "as all holidays" is worth beside what a name itself did. */
const OWN_PENALTY = 0.7;
/** Share of a usual day added before the logarithm, so that a quiet day is no abyss. */
const OFFSET_SHARE = 0.02;

const made = new WeakMap<Days, Map<number, CalendarFit>>();

/** Ridge regression on the calendar (Hoerl and Kennard 1970), robust, recent dates first; made once for the days. */
export function calendarFit(days: Days, series: number): CalendarFit {
  const fits = remembered(made, days, () => new Map());
  return remembered(fits, series, () => makeFit(days, series));
}

/** What columns of a range add on a date. */
export function partOf({ design, coefficients }: CalendarFit, [from, to]: Range, day: number): number {
  const { first, column, value } = design;
  const start = first[day]!;
  let end = first[day + 1]!;
  while (end > start && column[end - 1]! >= to) end--;
  let at = end;
  while (at > start && column[at - 1]! >= from) at--;
  let sum = 0;
  for (; at < end; at++) sum += coefficients[column[at]!]! * value[at]!;
  return sum;
}

/** Holiday, event and regressors: what a date has that its weekday and season have not. */
export function effectOf(fit: CalendarFit, day: number): number {
  const { holiday, event, regressors } = fit.design.groups;
  return partOf(fit, holiday, day) + partOf(fit, event, day) + partOf(fit, regressors, day);
}

function makeFit(days: Days, series: number): CalendarFit {
  const values = days.values[series]!;
  const offset = offsetOf(values);
  const log = values.map((value) => Math.log(value + offset));
  const weights = days.weights[series]!;
  const { holiday, event } = days.dates[series]!;
  const design = designOf(days.dates[series]!);
  const decay = decayOf(HALF_LIFE, days.days);
  const recency = weights.map((weight, day) => weight * decay[days.days - 1 - day]!);
  let residual: Float64Array = log;
  let coefficients = new Float64Array(design.columns);
  let rowWeights: Float64Array = recency;
  for (let round = 0; round < ROUNDS; round++) {
    coefficients = solve(design, log, rowWeights);
    residual = residualOf(design, coefficients, log);
    const before = rowWeights;
    rowWeights = bounded(recency, residual);
    if (rowWeights.every((weight, row) => weight === before[row])) break;
  }
  for (const { codes, group } of [
    { codes: holiday, group: "holiday" as const },
    { codes: event, group: "event" as const },
  ])
    addNamed(coefficients, { design, codes, group, residual, recency });
  return { design, coefficients, log, weights, offset, residual: residualOf(design, coefficients, log) };
}

/** People that are added before the logarithm. */
export const offsetOf = (values: Float64Array): number => OFFSET_SHARE * usualOf(values) + 0.5;

function usualOf(values: Float64Array): number {
  const middle = median(values.map((value) => (value > 0 ? value : Number.NaN)));
  return Number.isNaN(middle) ? 0 : middle;
}

function solve(design: Design, y: Float64Array, weights: Float64Array): Float64Array<ArrayBuffer> {
  const { columns: n, first, column, value, penalty } = design;
  const gram = new Float64Array(n * n);
  const moment = new Float64Array(n);
  for (let row = 0; row < y.length; row++) {
    const weight = weights[row]!;
    if (!(weight > 0)) continue;
    const [from, to] = [first[row]!, first[row + 1]!];
    for (let i = from; i < to; i++) {
      const c = column[i]!;
      const scaled = weight * value[i]!;
      moment[c]! += scaled * y[row]!;
      for (let j = from; j <= i; j++) gram[c * n + column[j]!]! += scaled * value[j]!;
    }
  }
  for (let c = 0; c < n; c++) gram[c * n + c]! += penalty[c]!;
  solveInPlace(gram, moment, n);
  return moment;
}

function residualOf({ first, column, value }: Design, coefficients: Float64Array, y: Float64Array): Float64Array {
  const residual = new Float64Array(y.length);
  for (let row = 0; row < y.length; row++) {
    let fit = 0;
    for (let at = first[row]!; at < first[row + 1]!; at++) fit += coefficients[column[at]!]! * value[at]!;
    residual[row] = y[row]! - fit;
  }
  return residual;
}

interface NamedOptions {
  readonly design: Design;
  readonly codes: Uint16Array;
  readonly group: "holiday" | "event";
  readonly residual: Float64Array;
  readonly recency: Float64Array;
}

/**
 * What is left of the dates of one name is its own: bounding keeps an odd holiday out of what all holidays have in common, but must not keep a shop
 * with little noise from learning what the holiday does.
 */
function addNamed(coefficients: Float64Array, { design, codes, group, residual, recency }: NamedOptions): void {
  const last = design.groups[group][1];
  const names = codes.reduce((most, code) => Math.max(most, code), 0);
  const sums = new Float64Array(names);
  const totals = new Float64Array(names);
  for (let day = 0; day < residual.length; day++) {
    const code = codes[day]!;
    if (code === 0 || !(recency[day]! > 0) || Number.isNaN(residual[day]!)) continue;
    sums[code - 1]! += recency[day]! * residual[day]!;
    totals[code - 1]! += recency[day]!;
  }
  for (let i = 0; i < names; i++) coefficients[last - names + i]! += sums[i]! / (totals[i]! + OWN_PENALTY);
}

function bounded(weights: Float64Array, residual: Float64Array): Float64Array {
  const sizes = residual.map((value, row) => (weights[row]! > 0 ? Math.abs(value) : Number.NaN));
  const limit = BOUND * 1.4826 * median(sizes);
  if (!(limit > 0)) return weights;
  return weights.map((weight, row) => (sizes[row]! > limit ? (weight * limit) / sizes[row]! : weight));
}
