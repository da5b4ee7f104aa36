import type { Days } from "../port.ts";
import { effectOf } from "./calendar-fit.ts";
import { levelAhead } from "./level.ts";
import { seriesBySeries } from "./series-by-series.ts";
import { seasonStep, shapeFit } from "./shape-fit.ts";

/** Recent level x shape of the week x effects of the calendar x how last year went on from this date. */
export const levelShape = seriesBySeries("level-shape", predictSeries);

function predictSeries(days: Days, series: number, horizon: number): Float64Array {
  const fit = shapeFit(days, series);
  const weekday = days.dates[series]!.weekday;
  return Float64Array.from({ length: horizon }, (_, h) => {
    const day = days.days + h;
    const log =
      levelAhead(fit.levels, h) + fit.shape[weekday[day]!]! + effectOf(fit.calendar, day) + seasonStep(fit, day);
    return Math.max(0, Math.exp(log) - fit.calendar.offset);
  });
}
