import { until } from "../../../cloud-ingest/forecast/backtest.ts";
import { makeDays } from "../../../cloud-ingest/forecast/days/make-days.ts";
import { stretchesOf } from "../../../cloud-ingest/forecast/days/stretches.ts";
import { fitChampion } from "../../../cloud-ingest/forecast/fit.ts";
import { predict } from "../../../cloud-ingest/forecast/predict.ts";
import type { Panel } from "../../../cloud-ingest/quality/panel.ts";
import { MEMBERS } from "./newcomers.ts";
import { dailySets } from "./sets.ts";

/** Sets by their place among the daily ones. */
const SETS = [2, 3, 0] as const;
const FACTORS = [1, 0.5, 1.8] as const;
/** How long a stretch is, and how long it is over: by series and origin in turn. */
const WEEKS = [8, 12, 16, 20] as const;
const OVER = [60, 90, 130, 180] as const;
const ORIGINS = 4;
const EVERY = 28;
const HORIZON = 28;

/** Some months at another level made into each series, 2 to 6 months before the origin; without trees. */
export async function stretchLines(folder: string): Promise<string[]> {
  const lines = [
    "set                              level   WAPE %   off the forecast without it %   found   others found",
  ];
  const sets = dailySets(folder);
  for (const place of SETS) {
    const { name, panel } = sets[place]!;
    const clean = new Map<string, Float64Array>();
    for (const factor of FACTORS) {
      const tally = { wape: 0, off: 0, cases: 0, found: 0, others: 0 };
      for (let k = 0; k < ORIGINS; k++) await addOrigin(panel, { k, factor, clean }, tally);
      const { wape, off, cases, found, others } = tally;
      const part = (sum: number) => ((100 * sum) / cases).toFixed(2);
      lines.push(
        [
          ...[name.padEnd(32), String(factor).padStart(5), part(wape).padStart(8), part(off).padStart(31)],
          ...[`${found}/${factor === 1 ? 0 : cases}`.padStart(7), String(others).padStart(14)],
        ].join(" "),
      );
    }
  }
  return lines;
}

interface Made {
  readonly k: number;
  readonly factor: number;
  /** Forecasts of the series as they are, by origin and series. */
  readonly clean: Map<string, Float64Array>;
}

type Tally = Record<"wape" | "off" | "cases" | "found" | "others", number>;

async function addOrigin(panel: Panel, { k, factor, clean }: Made, tally: Tally): Promise<void> {
  const origin = panel.days - HORIZON - EVERY * k;
  const spans = panel.names.map((_, series) => {
    const to = origin - OVER[(Math.floor(series / 4) + series + k) % 4]!;
    return { from: to - 7 * WEEKS[(series + k) % 4]!, to };
  });
  const values = panel.values.map((all, series) =>
    all.map((value, day) => (day >= spans[series]!.from && day < spans[series]!.to ? value * factor : value)),
  );
  const history = until({ ...panel, values }, origin);
  const context = { calendars: [panel.notes] };
  const champion = await fitChampion(history, context, { horizonDays: HORIZON, members: MEMBERS });
  const { series } = await predict(champion, history, context, { horizon: HORIZON, members: MEMBERS });
  const raw = makeDays(history, context, HORIZON);
  series.forEach(({ yhat }, i) => {
    const truth = panel.values[i]!.subarray(origin, origin + HORIZON);
    const error = partOff(yhat, truth);
    if (!Number.isFinite(error)) return;
    const key = `${k} ${i}`;
    if (factor === 1) clean.set(key, yhat);
    const { from, to } = spans[i]!;
    const seen = stretchesOf(raw.values[i]!.slice());
    const isMade = (one: { from: number; to: number }) => Math.abs(one.from - from) <= 7 && Math.abs(one.to - to) <= 7;
    tally.cases++;
    tally.wape += error;
    tally.off += partOff(yhat, clean.get(key) ?? yhat);
    tally.found += factor !== 1 && seen.some(isMade) ? 1 : 0;
    tally.others += seen.filter((one) => factor === 1 || !isMade(one)).length;
  });
}

/** Sum of absolute differences as a part of the sum. */
function partOff(yhat: Float64Array, truth: Float64Array): number {
  let [error, people] = [0, 0];
  truth.forEach((value, h) => {
    if (!(value >= 0)) return;
    error += Math.abs(value - yhat[h]!);
    people += value;
  });
  return people > 0 ? error / people : Number.NaN;
}
