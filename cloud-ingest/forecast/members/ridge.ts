import type { Days } from "../port.ts";
import { calendarFit } from "./calendar-fit.ts";
import { recentMean } from "./recent-level.ts";
import { seriesBySeries } from "./series-by-series.ts";

/** Days after which an error of the fit counts half in today's level, and after which half of it is forgotten ahead. */
const LEVEL_HALF_LIFE = 14;
const FORGET_HALF_LIFE = 60;

/** Regression on weekday, season, trend, holidays, events and regressors, corrected by how the last weeks differ from it. */
export const ridge = seriesBySeries("ridge", predictSeries);

function predictSeries(days: Days, series: number, horizon: number): Float64Array {
  const fit = calendarFit(days, series);
  const { design, coefficients, residual, weights, offset } = fit;
  const { mean, weight } = recentMean(residual, weights, { end: days.days, halfLife: LEVEL_HALF_LIFE });
  const drift = weight > 0 ? (mean * weight) / (weight + 1) : 0;
  return Float64Array.from({ length: horizon }, (_, h) => {
    let log = drift * 0.5 ** (h / FORGET_HALF_LIFE);
    const row = (days.days + h) * design.columns;
    for (let c = 0; c < design.columns; c++) log += coefficients[c]! * design.x[row + c]!;
    return Math.max(0, Math.exp(log) - offset);
  });
}
