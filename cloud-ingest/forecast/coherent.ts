import { SLOTS } from "../quality/panel.ts";
import { type Band, shiftedBand } from "./band.ts";
import type { BothForecasts } from "./forecast-wish.ts";
import type { SeriesForecast } from "./port.ts";
import { type ForecastNode, reconcile } from "./reconcile.ts";

const HOURS = SLOTS.hour;

/**
 * Makes dates and hours of places add up: dates over the tree of places by their certainty, then hours of doors to their dates, then hours of a store
 * as the sum of its doors'. `parents` has for each series the name that it is a part of; undefined for a top. Parts of a date move into `other`.
 */
export function coherent(
  { days, hours, past }: BothForecasts,
  parents: readonly (string | undefined)[],
): BothForecasts {
  const nodes = days.series.map((one, index): ForecastNode => ({ ...one, ...parentOf(parents, index) }));
  const dated = reconcile(nodes);
  const daysSeries = days.series.map((one, index) => moved(one, dated[index] ?? one));
  const children = days.series.map((parent) =>
    days.series.flatMap((_, index) => (parents[index] === parent.name ? [index] : [])),
  );
  const hoursSeries = hours.series.map((one, index) => scaled(one, daysSeries[index] ?? one));
  // Leaves are right now; sums follow from the deepest place up.
  for (const index of deepestFirst(children)) {
    const parts = (children[index] ?? []).flatMap((child) => hoursSeries[child] ?? []);
    const own = hoursSeries[index];
    if (parts.length > 0 && own) hoursSeries[index] = { ...own, ...summed(own, parts) };
  }
  return { days: { ...days, series: daysSeries }, hours: { ...hours, series: hoursSeries }, past };
}

function parentOf(parents: readonly (string | undefined)[], index: number): { readonly parent?: string } {
  const parent = parents[index];
  return parent === undefined ? {} : { parent };
}

/** A series with the reconciled dates; what changed is the members' affair. */
function moved(one: SeriesForecast, { yhat, lo80, hi80, lo95, hi95 }: Band): SeriesForecast {
  const parts = one.parts.map((part, day) => ({
    ...part,
    other: part.other + (yhat[day] ?? 0) - (one.yhat[day] ?? 0),
  }));
  return { ...one, yhat, lo80, hi80, lo95, hi95, parts };
}

/** Hours that come to the date. */
function scaled(hours: SeriesForecast, days: Band): SeriesForecast {
  const factors = Array.from({ length: hours.yhat.length / HOURS }, (_, day) => {
    const sum = hours.yhat.subarray(day * HOURS, (day + 1) * HOURS).reduce((total, value) => total + value, 0);
    return sum > 0 ? (days.yhat[day] ?? 0) / sum : 1;
  });
  const times = (values: Float64Array) => values.map((value, slot) => value * (factors[Math.floor(slot / HOURS)] ?? 1));
  const { yhat, lo80, hi80, lo95, hi95 } = hours;
  return { ...hours, yhat: times(yhat), lo80: times(lo80), hi80: times(hi80), lo95: times(lo95), hi95: times(hi95) };
}

function summed(own: SeriesForecast, parts: readonly SeriesForecast[]): Band {
  const band: Band = {
    ...{ yhat: own.yhat.slice(), lo80: own.lo80.slice(), hi80: own.hi80.slice() },
    ...{ lo95: own.lo95.slice(), hi95: own.hi95.slice() },
  };
  for (let slot = 0; slot < own.yhat.length; slot++) {
    const yhat = parts.reduce((sum, part) => sum + (part.yhat[slot] ?? 0), 0);
    const at = shiftedBand(own, slot, { yhat, variance: 0, shrink: 1 });
    for (const key of ["yhat", "lo80", "hi80", "lo95", "hi95"] as const) band[key][slot] = at[key];
  }
  return band;
}

/** Indexes of places with children, such that a place comes behind all below it. */
function deepestFirst(children: readonly (readonly number[])[]): readonly number[] {
  const depthOf = (index: number): number =>
    1 + Math.max(-1, ...(children[index] ?? []).map((child) => depthOf(child)));
  return children
    .map((_, index) => index)
    .filter((index) => (children[index] ?? []).length > 0)
    .sort((a, b) => depthOf(a) - depthOf(b));
}
