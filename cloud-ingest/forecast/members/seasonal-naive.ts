import type { Days } from "../port.ts";
import { seriesBySeries } from "./series-by-series.ts";

const WEEK = 7;

/** The last known date of the same weekday: the floor that everything else is measured against. */
export const seasonalNaive = seriesBySeries("seasonal-naive", (days, series, horizon) =>
  Float64Array.from({ length: horizon }, (_, h) => lastOf(days, series, days.days + h)),
);

function lastOf({ values, days }: Days, series: number, day: number): number {
  for (let at = day - WEEK; at >= 0; at -= WEEK)
    if (at < days && !Number.isNaN(values[series]![at]!)) return values[series]![at]!;
  return 0;
}
