import { ORDINARY, type SeriesState } from "../series-state.ts";
import { expectedOn } from "./day-residual.ts";
import { MAD_SCALE, madSigma, median } from "./numbers.ts";

/**
 * What series differ by when something moves them all, as a part of that movement: a lockdown or a storm empties one street by 90 %
 * and the next by 60 %. Half, so that a common change of 30 % already doubles the doubt.
 */
const HETEROGENEITY = 0.5;
/** No two counters agree better over days than this. */
const LEAST_SIGMA = 0.03;
const WEEK = 7;

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
  const base = Math.max(LEAST_SIGMA ** 2, scatter ** 2 - median(counting));
  for (let day = 0; day < days; day++)
    sigma[day] = Math.sqrt(base + counting[day]! + (HETEROGENEITY * common[day]!) ** 2);
  state.slowSigma = slowSigmaOf(rest, scatter);
}

function slowSigmaOf(rest: Float64Array, scatter: number): number {
  const means: number[] = [];
  for (let from = 0; from + WEEK <= rest.length; from += WEEK) {
    const week = rest.subarray(from, from + WEEK).filter(Number.isFinite);
    if (week.length >= 4) means.push(median(week));
  }
  const middle = median(means);
  const total = (MAD_SCALE * median(means.map((mean) => Math.abs(mean - middle)))) ** 2;
  // The median of seven normal values has pi/2 times the variance of their mean.
  const slow = Math.sqrt(Math.max(0, total - ((Math.PI / 2) * scatter ** 2) / WEEK));
  return Number.isFinite(slow) ? slow : 0;
}
