import { addDays, daysIn } from "../../../cloud-ingest/calendar.ts";
import { until } from "../../../cloud-ingest/forecast/backtest.ts";
import { daysBefore, makeDays } from "../../../cloud-ingest/forecast/days/make-days.ts";
import { fitChampion } from "../../../cloud-ingest/forecast/fit.ts";
import { OUR_MEMBERS } from "../../../cloud-ingest/forecast/members/all.ts";
import { predict } from "../../../cloud-ingest/forecast/predict.ts";
import { covidPanel } from "./sets.ts";

const FIRST = "2020-11-01";
const EVERY = 14;
const ORIGINS = 15;
const HORIZON = 28;

/** WAPE of the combination and of each member on days without a lockdown, which are masked as the published dates have them. */
export async function covidLines(folder: string): Promise<string[]> {
  const panel = covidPanel(folder);
  const truth = panel.values[0]!;
  const context = { calendars: [panel.notes] };
  const errors = new Map<string, number>();
  let [people, inside, count] = [0, 0, 0];
  for (let k = 0; k < ORIGINS; k++) {
    const from = addDays(FIRST, EVERY * k);
    const origin = daysIn({ from: panel.from, to: from }) - 1;
    const history = until(panel, origin);
    const champion = await fitChampion(history, context, { horizonDays: HORIZON });
    const forecast = (await predict(champion, history, context, { horizon: HORIZON })).series[0]!;
    const days = daysBefore(makeDays(history, context, HORIZON), origin);
    const said = new Map([["all together", forecast.yhat]]);
    for (const member of OUR_MEMBERS)
      said.set(member.name, (await (await member.fit(days)).predict(days, HORIZON))[0]!);
    for (let h = 0; h < HORIZON; h++) {
      const value = truth[origin + h]!;
      if (!(value >= 0) || panel.notes.get(addDays(from, h))?.shock) continue;
      people += value;
      count++;
      inside += value >= forecast.lo80[h]! && value <= forecast.hi80[h]! ? 1 : 0;
      for (const [name, yhat] of said) errors.set(name, (errors.get(name) ?? 0) + Math.abs(value - yhat[h]!));
    }
  }
  return [
    ...[...errors].map(([name, error]) => `WAPE ${((100 * error) / people).toFixed(1).padStart(5)} % ${name}`),
    `${(inside / count).toFixed(3)} of ${count} days within the 80 % interval (goal: WAPE <= 16.5)`,
  ];
}
