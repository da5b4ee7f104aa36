import { execFile, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { addDays } from "../../../cloud-ingest/calendar.ts";
import { fitChampion } from "../../../cloud-ingest/forecast/fit.ts";
import { predict } from "../../../cloud-ingest/forecast/predict.ts";
import { groupBy } from "../../../cloud-ingest/group-by.ts";
import { PACKAGE_ROOT } from "../../../firmware-config/kit/package-root.ts";
import { type Scored, scoreOf, scorerOf } from "./backtests.ts";
import { type BenchSet, dailySets } from "./sets.ts";

const SCRIPT = join(PACKAGE_ROOT, "test", "bench", "forecast", "peer-forecasters.py");
const pythonOf = () => process.env.PYTHON ?? "python3";

interface PeerForecast {
  readonly model: string;
  readonly series: number;
  readonly origin: number;
  readonly ms: number;
  readonly yhat?: readonly number[];
}

/** statsforecast and Prophet beside ours: the same dates before the same origins, the same scale, one run. */
export async function peerLines(
  folder: string,
  note: (text: string) => void,
  isAsked: (set: string) => boolean,
): Promise<string[]> {
  const missing = await missingForPeers();
  if (missing) return [missing];
  const lines: string[] = [];
  // Libraries take long: who ends it early has what was done.
  const tell = (line: string) => {
    lines.push(line);
    note(`${line}\n`);
  };
  tell("set                            model       pairs   MASE  WAPE %  MAE/naive  CPU ms a series and origin");
  for (const set of dailySets(folder).filter(({ name }) => isAsked(name))) {
    note(`${set.name} ...\n`);
    const ours = await scoreOf(set);
    tell(lineOf(set, "here", ours));
    tell(`${" ".repeat(31)}${await aloneText(set)}`);
    note(`${set.name}: peers ...\n`);
    for (const [model, theirs] of await peersOn(set, ours.origins)) tell(lineOf(set, model, theirs));
  }
  return lines;
}

async function missingForPeers(): Promise<string | undefined> {
  try {
    await promisify(execFile)(pythonOf(), ["-c", "import statsforecast, prophet"]);
    return undefined;
  } catch {
    return `${pythonOf()} has not both of statsforecast and prophet: without peers (PYTHON names another python3)`;
  }
}

/** A backtest learns from the same past origins again and again, a shop once. */
async function aloneText({ panel, horizon }: BenchSet): Promise<string> {
  const context = { calendars: [panel.notes] };
  const before = process.cpuUsage();
  const champion = await fitChampion(panel, context, { horizonDays: horizon });
  await predict(champion, panel, context, { horizon });
  const { user, system } = process.cpuUsage(before);
  return `(fit and forecast once, nothing known from other origins: ${((user + system) / 1000 / panel.names.length).toFixed(0)} ms a series)`;
}

interface PeerScore extends Pick<Scored, "score" | "ms"> {
  readonly failed?: number;
}

/** By name of the library's model. */
async function peersOn(set: BenchSet, origins: readonly number[]): Promise<[string, PeerScore][]> {
  const all: PeerForecast[] = [];
  const child = spawn(pythonOf(), [SCRIPT], { stdio: ["pipe", "pipe", "inherit"] });
  child.stdin.end(JSON.stringify(askOf(set, origins)));
  for await (const line of createInterface({ input: child.stdout })) all.push(JSON.parse(line));
  return [...groupBy(all, ({ model }) => model)].map(([model, own]) => [model, scored(set, own)]);
}

function askOf({ panel, horizon }: BenchSet, origins: readonly number[]) {
  const last = addDays(panel.from, panel.days + horizon);
  const holidays = [...panel.notes].flatMap(([date, { holiday }]) =>
    holiday && date >= panel.from && date <= last ? [[date, holiday]] : [],
  );
  const series = panel.values.map((values) => Array.from(values, (value) => (Number.isNaN(value) ? null : value)));
  return { from: panel.from, series, origins, horizon, holidays };
}

function scored(set: BenchSet, forecasts: readonly PeerForecast[]): PeerScore {
  const scorer = scorerOf(set);
  for (const [origin, own] of groupBy(forecasts, ({ origin }) => `${origin}`)) {
    const series = set.panel.values.map((values, i) => {
      const said = own.find((one) => one.series === i)?.yhat;
      const yhat = said ? Float64Array.from(said) : naive(values.subarray(0, Number(origin)), set.horizon);
      return { yhat, lo80: yhat, hi80: yhat, lo95: yhat, hi95: yhat };
    });
    scorer.add({ origin: Number(origin), forecast: { series } });
  }
  const failed = forecasts.filter(({ yhat }) => !yhat).length;
  return { score: scorer.score(), ms: forecasts.reduce((sum, { ms }) => sum + ms, 0) / forecasts.length, failed };
}

/** In place of what a library failed at. */
function naive(known: Float64Array, horizon: number): Float64Array {
  return Float64Array.from({ length: horizon }, (_, h) => {
    for (let day = known.length - 7 + (h % 7); day >= 0; day -= 7) if (known[day]! >= 0) return known[day]!;
    return 0;
  });
}

function lineOf(set: BenchSet, model: string, { score, ms, failed = 0 }: PeerScore): string {
  const cells = [
    set.name.padEnd(30),
    model.padEnd(10),
    String(score.pairs).padStart(6),
    score.mase.toFixed(3).padStart(6),
    score.wape.toFixed(1).padStart(7),
    score.relative.toFixed(3).padStart(10),
    ms.toFixed(0).padStart(6),
    failed > 0 ? `  (failed at ${failed}: seasonal naive there)` : "",
  ];
  return cells.join(" ").trimEnd();
}
