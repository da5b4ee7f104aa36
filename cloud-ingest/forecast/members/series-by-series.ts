import type { Days, Member, Model } from "../port.ts";

/** A member that learns again from the days of each forecast, one series by itself; `predictSeries` gives people by date of the horizon. */
export function seriesBySeries(
  name: string,
  predictSeries: (days: Days, series: number, horizon: number) => Float64Array,
): Member {
  const model: Model = {
    state: undefined,
    predict: async (days, horizon) => days.names.map((_, series) => predictSeries(days, series, horizon)),
  };
  return { name, fit: async () => model, load: () => model };
}
