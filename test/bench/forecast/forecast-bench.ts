import { backtest } from "../../../cloud-ingest/forecast/backtest.ts";
import { type Score, Scorer } from "../../../cloud-ingest/forecast/score.ts";
import { SLOTS } from "../../../cloud-ingest/quality/panel.ts";
import { trafficFolder } from "../quality/data.ts";
import type { BenchResult } from "../result.ts";
import { clusterLines } from "./clusters.ts";
import { covidLines } from "./covid.ts";
import { newcomerLines } from "./newcomers.ts";
import { reopenedLines } from "./reopened.ts";
import { type BenchSet, dailySets, hourlySets } from "./sets.ts";
import { speedLines } from "./speed.ts";
import { todayLines } from "./today.ts";
import { todaySpeedLines } from "./today-speed.ts";

const STEP_DAYS = 28;

/** All that the forecast promises, on the real series, origins as the protocol has them. */
export async function runForecastBench(note: (text: string) => void): Promise<readonly BenchResult[]> {
  const folder = trafficFolder();
  if (!folder) {
    const lines = [
      "The real series are not beside this checkout (../shared/data/traffic): only the speed was measured.",
    ];
    return [
      { name: "Forecast", lines },
      { name: "Speed", lines: [...(await speedLines()), ...(await todaySpeedLines())] },
    ];
  }
  const results: BenchResult[] = [];
  const scores: { set: BenchSet; score: Score; ms: number }[] = [];
  for (const set of [...dailySets(folder), ...hourlySets(folder)]) {
    note(`${set.name} ...\n`);
    scores.push({ set, ...(await scoreOf(set)) });
  }
  results.push({ name: "Backtests", lines: [HEAD, ...scores.map(lineOf), geometricLine(scores)] });
  note("COVID ...\n");
  results.push({
    name: "Melbourne's Town Hall 2020-11 to 2021-05, 15 origins, open days",
    lines: await covidLines(folder),
  });
  note("Lockdowns made into other series ...\n");
  results.push({ name: "Lockdowns made into other series, without trees", lines: await reopenedLines(folder) });
  note("Today ...\n");
  results.push({ name: "Today's total after four open hours", lines: await todayLines(folder) });
  note("Clusters ...\n");
  const [, later] = hourlySets(folder);
  if (later) results.push({ name: "Clusters", lines: clusterLines(later.panel) });
  note("New series ...\n");
  results.push({ name: "New series, MASE of 28 dates, without trees", lines: await newcomerLines(folder) });
  note("Speed ...\n");
  results.push({ name: "Speed", lines: [...(await speedLines()), ...(await todaySpeedLines())] });
  return results;
}

async function scoreOf(set: BenchSet): Promise<{ score: Score; ms: number }> {
  const { panel, horizon, origins, season, truth = panel.values } = set;
  const scorer = new Scorer({ truth, slotsPerDay: SLOTS[panel.step], horizon, season });
  const start = performance.now();
  let forecasts = 0;
  for await (const round of backtest(panel, { calendars: [panel.notes] }, { horizon, origins, stepDays: STEP_DAYS })) {
    scorer.add(round);
    forecasts += round.forecast.series.length;
  }
  return { score: scorer.score(), ms: (performance.now() - start) / forecasts };
}

const HEAD =
  "set                                    pairs   MASE   goal  naive  WAPE %   MAE/naive   in 80 %   in 95 %   width   ms a series and origin";

function lineOf({ set, score, ms }: { set: BenchSet; score: Score; ms: number }): string {
  const { pairs, mase, naiveMase, wape, relative, coverage80, coverage95, width80 } = score;
  const cells = [
    set.name.padEnd(38),
    String(pairs).padStart(5),
    mase.toFixed(3).padStart(7),
    (set.goal?.toFixed(2) ?? "-").padStart(6),
    naiveMase.toFixed(2).padStart(6),
    wape.toFixed(1).padStart(7),
    relative.toFixed(3).padStart(11),
    coverage80.toFixed(3).padStart(9),
    coverage95.toFixed(3).padStart(9),
    width80.toFixed(2).padStart(7),
    ms.toFixed(0).padStart(8),
  ];
  return cells.join(" ");
}

/** Sets with a goal are those that are judged. */
function geometricLine(scores: readonly { set: BenchSet; score: Score }[]): string {
  const mean = (of: readonly { score: Score }[], value: (score: Score) => number) =>
    Math.exp(of.reduce((sum, { score }) => sum + Math.log(value(score)), 0) / of.length);
  const judged = scores.filter(({ set }) => set.goal !== undefined);
  const text = (of: readonly { score: Score }[]) =>
    `${mean(of, ({ relative }) => relative).toFixed(3)} by sums, ${mean(of, ({ mase, naiveMase }) => mase / naiveMase).toFixed(3)} by MASE`;
  return `MAE against seasonal naive, geometric mean: ${text(judged)} over sets with a goal (goal .65); ${text(scores)} over all`;
}
