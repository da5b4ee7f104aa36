import { ORDINARY, type SeriesState } from "../series-state.ts";
import { expectedOn } from "./day-residual.ts";
import { madSigma, median } from "./numbers.ts";

/**
 * What series differ by when something moves them all, as a part of that movement: a lockdown or a storm empties one street by 90 %
 * and the next by 60 %. Half, so that a common change of 30 % already doubles the doubt.
 */
export const HETEROGENEITY = 0.5;
/** What a date of the calendar adds: enough that it never makes a level, and yet tells on which side of an edge it lies. */
const SPECIAL_SIGMA = 1;
/** No two counters agree better over days than this. */
const LEAST_SIGMA = 0.03;
const WEEK = 7;
/** Weeks on either side. */
const AROUND = 4;
/** Half a year of one weekday outweighs the whole. */
const PRIOR_DATES = 26;

/**
 * Fills `sigma` and `slowSigma`: the scatter of `own - common` of a date, of which the counting itself (Poisson) depends on the
 * date's size, and the part of it that weeks keep, from the scatter of weekly means (variance components by robust moments).
 */
export function fillNoise(state: SeriesState): void {
  const { own, common, days, sigma, calendar } = state;
  const rest = Float64Array.from(own, (value, day) => (calendar[day] === ORDINARY ? value - common[day]! : Number.NaN));
  const counting = Float64Array.from(own, (value, day) =>
    Number.isNaN(value) ? value : 1 / (1 + expectedOn(state, day)),
  );
  const scatter = madSigma(rest);
  const bases = Array.from({ length: WEEK }, (_, weekday) => {
    const isSame = (_: number, day: number) => day % WEEK === weekday;
    return baseOf(scatter, rest.filter(isSame)) - median(counting.filter(isSame));
  });
  for (let day = 0; day < days; day++) {
    const base = Math.max(LEAST_SIGMA ** 2, bases[day % WEEK]!);
    const special = calendar[day] === ORDINARY ? 0 : SPECIAL_SIGMA ** 2;
    sigma[day] = Math.sqrt(base + counting[day]! + special + (HETEROGENEITY * common[day]!) ** 2);
  }
  state.slowSigma = slowSigmaOf(rest, scatter);
}

/** Variance of one weekday, drawn to that of all as by `PRIOR_DATES` dates of it. */
function baseOf(scatter: number, rest: Float64Array): number {
  const dates = rest.filter(Number.isFinite).length;
  const own = dates < 4 ? scatter : madSigma(rest);
  return (dates * own ** 2 + PRIOR_DATES * scatter ** 2) / (dates + PRIOR_DATES);
}

/** From how far each week lies from the eight around it, as a level is set against the months around it. */
function slowSigmaOf(rest: Float64Array, scatter: number): number {
  const means: number[] = [];
  for (let from = 0; from + WEEK <= rest.length; from += WEEK) {
    const week = rest.subarray(from, from + WEEK).filter(Number.isFinite);
    means.push(week.length >= 4 ? median(week) : Number.NaN);
  }
  const steps = means.map(
    (mean, week) =>
      mean - meanOf([...means.slice(Math.max(0, week - AROUND), week), ...means.slice(week + 1, week + 1 + AROUND)]),
  );
  // The median of seven normal values has pi/2 times the variance of their mean; the weeks around add an eighth.
  const total = madSigma(steps) ** 2 / (1 + 1 / (2 * AROUND));
  const slow = Math.sqrt(Math.max(0, total - ((Math.PI / 2) * scatter ** 2) / WEEK));
  return Number.isFinite(slow) ? slow : 0;
}

function meanOf(values: readonly number[]): number {
  const seen = values.filter(Number.isFinite);
  return seen.reduce((sum, value) => sum + value, 0) / seen.length;
}
