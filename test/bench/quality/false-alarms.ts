import { judgePanel } from "../../../cloud-ingest/quality/judge-panel.ts";
import { type Panel, SLOTS } from "../../../cloud-ingest/quality/panel.ts";
import { Random } from "./random.ts";
import { thin, withoutDoubtful } from "./thin.ts";

const RATES = [2, 5, 10, 20, 50];

/** Device flags per 1,000 device-days in shop-level series with nothing injected, a line per size of shop. */
export function falseAlarmLines(street: Panel): string[] {
  return RATES.map((rate) => {
    const panel = withoutDoubtful(thin(street, rate, new Random(41 + rate)), street);
    const alarms = judgePanel(panel).flags.filter(({ kind, rule }) => kind === "device" && rule !== "gap");
    const days = deviceDaysOf(panel);
    const rules = [...new Set(alarms.map(({ rule }) => rule))].map(
      (rule) => `${rule} ${alarms.filter((flag) => flag.rule === rule).length}`,
    );
    return `${String(rate).padStart(3)} entries/h: ${((1000 * alarms.length) / days).toFixed(2)} alarms per 1,000 device-days (${alarms.length} of ${days}${rules.length > 0 ? `: ${rules.join(", ")}` : ""})`;
  });
}

function deviceDaysOf({ values, step }: Panel): number {
  const perDay = SLOTS[step];
  let days = 0;
  for (const series of values)
    for (let day = 0; day * perDay < series.length; day++)
      if (series.subarray(day * perDay, (day + 1) * perDay).some((value) => value >= 0)) days++;
  return days;
}
