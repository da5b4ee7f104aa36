import { until } from "../../../cloud-ingest/forecast/backtest.ts";
import { fitChampion } from "../../../cloud-ingest/forecast/fit.ts";
import { predict } from "../../../cloud-ingest/forecast/predict.ts";
import { type DateHours, updateToday } from "../../../cloud-ingest/forecast/today.ts";
import type { Panel } from "../../../cloud-ingest/quality/panel.ts";
import { hourlySets } from "./sets.ts";

const HOURS = 24;
/** An hour is open where it has so much of the date's busiest one. */
const OPEN = 0.25;
const OPEN_HOURS = 4;
/** A champion is fitted for each of so many weeks, four apart (fewer where the series are shorter), and forecasts each of its dates in the morning. */
const WEEKS = 8;
const WEEK = 7;
/** Dates that a champion is fitted on, at least. */
const LEAST_DAYS = 100;

/** Absolute errors of a date's total: as foretold in the morning, and after four open hours. */
export async function todayLines(folder: string): Promise<string[]> {
  const lines: string[] = [];
  for (const { name, panel } of hourlySets(folder)) lines.push(await todayLine(name, panel));
  return lines;
}

async function todayLine(name: string, panel: Panel): Promise<string> {
  const context = { calendars: [panel.notes] };
  const sums = { morning: 0, later: 0, people: 0, inside: 0, count: 0 };
  for (let week = WEEKS; week >= 1; week--) {
    const fitted = panel.days - 28 * (week - 1) - WEEK - 1;
    if (fitted < LEAST_DAYS) continue;
    const champion = await fitChampion(until(panel, fitted), context, { horizonDays: WEEK });
    const yesterday = new Map<string, DateHours>();
    for (let day = fitted - 1; day < fitted + WEEK; day++) {
      const { series } = await predict(champion, until(panel, day), context, { horizon: HOURS });
      series.forEach(({ name: of, yhat }, i) => {
        const counted = panel.values[i]!.subarray(day * HOURS, (day + 1) * HOURS);
        const before = yesterday.get(of);
        yesterday.set(of, { hours: yhat, counted });
        if (day < fitted || counted.some((value) => Number.isNaN(value))) return;
        const end = endOfOpenHours(yhat);
        const seen = yhat.map((_, hour) => (hour < end ? 1 : 0));
        const own = champion.series[of] ?? champion.pooled;
        const found = updateToday({ hours: yhat, counted, seen, yesterday: before, champion: own });
        const total = sum(counted);
        sums.people += total;
        sums.count++;
        sums.morning += Math.abs(total - sum(yhat));
        sums.later += Math.abs(total - found.yhat);
        sums.inside += total >= found.lo80 && total <= found.hi80 ? 1 : 0;
      });
    }
  }
  const percent = (error: number) => ((100 * error) / sums.people).toFixed(1);
  return `${name.padEnd(34)} WAPE ${percent(sums.morning)} % in the morning, ${percent(sums.later)} % then: ${(sums.later / sums.morning).toFixed(2)} of it (goal .70); ${(sums.inside / sums.count).toFixed(2)} of ${sums.count} dates within the 80 % interval`;
}

/** The hour behind the fourth open one. */
function endOfOpenHours(yhat: Float64Array): number {
  const most = Math.max(...yhat);
  let open = 0;
  for (let hour = 5; hour < HOURS; hour++) if (yhat[hour]! >= OPEN * most && ++open === OPEN_HOURS) return hour + 1;
  return HOURS;
}

const sum = (values: Float64Array) => values.reduce((total, value) => total + value, 0);
