import { addDays } from "../../../cloud-ingest/calendar.ts";
import { fitChampion } from "../../../cloud-ingest/forecast/fit.ts";
import type { History, SeriesForecast } from "../../../cloud-ingest/forecast/port.ts";
import { predict } from "../../../cloud-ingest/forecast/predict.ts";
import { SLOTS } from "../../../cloud-ingest/quality/panel.ts";
import { MEMBERS } from "./newcomers.ts";
import { type BenchSet, dailySets, hourlySets } from "./sets.ts";

/** Dates that the only store of a tenant has; past origins of its own speak for it from ten weeks on. */
const KNOWN = [2, 7, 14, 28, 49] as const;
const BEHIND = 28;
const ORIGINS = 3;
const EVERY = 26;

interface Ledger {
  count: number;
  inside: number;
  width: number;
  people: number;
}

/** Each series of the sets as if it were the only one there is, with its last dates alone: the interval of 80 %, without trees. */
export async function strangerLines(folder: string): Promise<string[]> {
  const lines = ["a tenant of one store                dates  in 80 %  width"];
  for (const set of [...dailySets(folder).slice(0, 4), ...hourlySets(folder).slice(1, 3)])
    for (const known of KNOWN) {
      const { count, inside, width, people } = await strangersOf(set, known);
      lines.push(
        `${set.name.padEnd(36)} ${String(known).padStart(5)}    ${(inside / count).toFixed(3)}   ${(width / people).toFixed(2)}`,
      );
    }
  return lines;
}

async function strangersOf({ panel, horizon }: BenchSet, known: number): Promise<Ledger> {
  const ledger = { count: 0, inside: 0, width: 0, people: 0 };
  const context = { calendars: [panel.notes] };
  const slots = SLOTS[panel.step];
  const options = { horizonDays: horizon / slots, members: MEMBERS };
  for (let k = 0; k < ORIGINS; k++) {
    const origin = panel.days - BEHIND - EVERY * k;
    for (const all of panel.values) {
      const values = all.subarray((origin - known) * slots, origin * slots);
      // An hour is missing where the clock skips it.
      if (values.filter(Number.isFinite).length < known * slots - 1) continue;
      const { step } = panel;
      const history: History = {
        step,
        from: addDays(panel.from, origin - known),
        days: known,
        names: ["x"],
        values: [values],
      };
      const champion = await fitChampion(history, context, options);
      const { series } = await predict(champion, history, context, { horizon, members: MEMBERS });
      score(series[0]!, all.subarray(origin * slots, origin * slots + horizon), ledger);
    }
  }
  return ledger;
}

function score({ lo80, hi80 }: SeriesForecast, truth: Float64Array, ledger: Ledger): void {
  truth.forEach((value, slot) => {
    if (!(value >= 0)) return;
    ledger.count++;
    ledger.inside += value >= lo80[slot]! && value <= hi80[slot]! ? 1 : 0;
    ledger.width += hi80[slot]! - lo80[slot]!;
    ledger.people += value;
  });
}
