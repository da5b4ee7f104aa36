import { addDays, daysIn } from "../../../cloud-ingest/calendar.ts";
import { until } from "../../../cloud-ingest/forecast/backtest.ts";
import { daysBefore, makeDays } from "../../../cloud-ingest/forecast/days/make-days.ts";
import { fitChampion } from "../../../cloud-ingest/forecast/fit.ts";
import { OUR_MEMBERS } from "../../../cloud-ingest/forecast/members/all.ts";
import { predict } from "../../../cloud-ingest/forecast/predict.ts";
import { trafficFolder } from "../quality/data.ts";
import { covidPanel } from "./sets.ts";

const panel = covidPanel(trafficFolder()!);
const y = panel.values[0]!;
const acc = new Map<string, number[]>();
const add = (k: string, e: number, v: number) => {
  const a = acc.get(k) ?? [0, 0];
  a[0]! += e;
  a[1]! += v;
  acc.set(k, a);
};
const members = process.env.NOTREES ? OUR_MEMBERS.slice(0, 3) : OUR_MEMBERS;
let inn = 0,
  n = 0;
for (let k = 0; k < 15; k++) {
  const from = addDays("2020-11-01", 14 * k);
  const origin = daysIn({ from: panel.from, to: from }) - 1;
  const history = until(panel, origin);
  const context = { calendars: [panel.notes] };
  const champion = await fitChampion(history, context, { horizonDays: 28, members });
  const fc = (await predict(champion, history, context, { horizon: 28, members })).series[0]!;
  const days = daysBefore(makeDays(history, context, 28), origin);
  const each = await Promise.all(members.map(async (m) => (await (await m.fit(days)).predict(days, 28))[0]!));
  let e1 = 0,
    v1 = 0;
  for (let h = 0; h < 28; h++) {
    const v = y[origin + h]!;
    if (!(v >= 0) || panel.notes.get(addDays(from, h))?.shock) continue;
    add("all", Math.abs(v - fc.yhat[h]!), v);
    e1 += Math.abs(v - fc.yhat[h]!);
    v1 += v;
    members.forEach((m, i) => add(m.name, Math.abs(v - each[i]![h]!), v));
    n++;
    if (v >= fc.lo80[h]! && v <= fc.hi80[h]!) inn++;
  }
  console.log(from, ((100 * e1) / v1).toFixed(1), fc.model);
}
for (const [k, [e, v]] of acc) console.log(k, ((100 * e!) / v!).toFixed(1));
console.log("c80", (inn / n).toFixed(2));
