import { addDays } from "../../../cloud-ingest/calendar.ts";
import { until } from "../../../cloud-ingest/forecast/backtest.ts";
import { fitChampion } from "../../../cloud-ingest/forecast/fit.ts";
import { OUR_MEMBERS } from "../../../cloud-ingest/forecast/members/all.ts";
import { predict } from "../../../cloud-ingest/forecast/predict.ts";
import type { DayNote, Panel } from "../../../cloud-ingest/quality/panel.ts";
import { dailySets } from "./sets.ts";

/** The first masked date of a set, by its place among the daily ones. */
const LOCKDOWNS = [
  { set: 2, at: 260 },
  { set: 3, at: 360 },
  { set: 0, at: 450 },
] as const;
const MASKED = 70;
/** What is missing on the first open date (or there too many), and in how many days that shrinks to a third: each series has one of each. */
const DEPTHS = [0.3, 0.6, -0.3, 0.5] as const;
const DAYS = [14, 40, 90] as const;
const EVERY = 14;
const ORIGINS = 6;
const HORIZON = 28;
const LEAST_AHEAD = 14;

/** Series of no pandemic with a lockdown made into them, to choose on what Town Hall is judged by; without trees, which take most of the time. */
export async function reopenedLines(folder: string): Promise<string[]> {
  const sets = dailySets(folder);
  const lines: string[] = [];
  for (const { set, at } of LOCKDOWNS) {
    const chosen = sets[set];
    if (chosen)
      lines.push(
        `${chosen.name.padEnd(34)} WAPE ${(100 * (await errorOf(locked(chosen.panel, at), at + MASKED))).toFixed(2)} %`,
      );
  }
  return lines;
}

function locked(panel: Panel, at: number): Panel {
  const notes = new Map<string, DayNote>(panel.notes);
  const open = at + MASKED;
  for (let day = at; day < open; day++) {
    const date = addDays(panel.from, day);
    notes.set(date, { ...notes.get(date), shock: "made" });
  }
  const values = panel.values.map((people, series) => {
    const [depth, days] = [DEPTHS[series % DEPTHS.length]!, DAYS[series % DAYS.length]!];
    return people.map((value, day) => {
      if (day < at) return value;
      return value * (day < open ? 0.1 : 1 - depth * Math.exp(-(day - open) / days));
    });
  });
  return { ...panel, notes, values };
}

/** Mean over series and origins of the absolute error as a part of the people. */
async function errorOf(panel: Panel, open: number): Promise<number> {
  const members = OUR_MEMBERS.filter(({ name }) => name !== "boosted-trees");
  const context = { calendars: [panel.notes] };
  let [sum, count] = [0, 0];
  for (let k = 1; k <= ORIGINS && open + EVERY * k + LEAST_AHEAD <= panel.days; k++) {
    const origin = open + EVERY * k;
    const history = until(panel, origin);
    const champion = await fitChampion(history, context, { horizonDays: HORIZON, members });
    const { series } = await predict(champion, history, context, { horizon: HORIZON, members });
    series.forEach(({ yhat }, s) => {
      const truth = panel.values[s]!.subarray(origin, origin + HORIZON);
      let [error, people] = [0, 0];
      for (const [h, value] of truth.entries()) {
        if (!(value >= 0)) continue;
        error += Math.abs(value - yhat[h]!);
        people += value;
      }
      if (people === 0) return;
      sum += error / people;
      count++;
    });
  }
  return sum / count;
}
