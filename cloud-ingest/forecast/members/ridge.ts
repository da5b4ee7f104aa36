import type { Days } from "../port.ts";
import { calendarFit } from "./calendar-fit.ts";
import { BOUND, BoundedLevel, noiseOf } from "./robust.ts";
import { seriesBySeries } from "./series-by-series.ts";

/** Days after which an error of the fit counts half in today's level, and after which half of it is forgotten ahead. */
const LEVEL_HALF_LIFE = 14;
const FORGET_HALF_LIFE = 60;

/** Regression on weekday, season, trend, holidays, events and regressors, corrected by how the last weeks differ from it. */
export const ridge = seriesBySeries("ridge", predictSeries);

function predictSeries(days: Days, series: number, horizon: number): Float64Array {
  const fit = calendarFit(days, series);
  const { design, coefficients, residual, weights, offset } = fit;
  const { first, column, value } = design;
  const recent = new BoundedLevel(LEVEL_HALF_LIFE, BOUND * noiseOf(residual));
  for (let day = 0; day < days.days; day++) recent.add(residual[day]!, weights[day]!);
  const drift = recent.weight > 1e-6 ? (recent.level * recent.weight) / (recent.weight + 1) : 0;
  return Float64Array.from({ length: horizon }, (_, h) => {
    let log = drift * 0.5 ** (h / FORGET_HALF_LIFE);
    for (let at = first[days.days + h]!; at < first[days.days + h + 1]!; at++)
      log += coefficients[column[at]!]! * value[at]!;
    return Math.max(0, Math.exp(log) - offset);
  });
}
