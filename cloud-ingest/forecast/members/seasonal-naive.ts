import type { Days, Member } from "../port.ts";

const WEEK = 7;

/** The last known date of the same weekday: the floor that everything else is measured against. */
export const seasonalNaive: Member = {
  name: "seasonal-naive",
  fit: async () => model,
  load: () => model,
};

const model = {
  state: undefined,
  predict: async (days: Days, horizon: number) =>
    days.names.map((_, series) =>
      Float64Array.from({ length: horizon }, (_, h) => lastOf(days, series, days.days + h)),
    ),
};

function lastOf({ values, days }: Days, series: number, day: number): number {
  for (let at = day - WEEK; at >= 0; at -= WEEK)
    if (at < days && !Number.isNaN(values[series]![at]!)) return values[series]![at]!;
  return 0;
}
