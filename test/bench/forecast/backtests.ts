import { backtest } from "../../../cloud-ingest/forecast/backtest.ts";
import { type Score, Scorer } from "../../../cloud-ingest/forecast/score.ts";
import { SLOTS } from "../../../cloud-ingest/quality/panel.ts";
import { type BenchSet, dailySets, hourlySets } from "./sets.ts";

export const STEP_DAYS = 28;

export interface Scored {
  readonly set: BenchSet;
  readonly score: Score;
  /** Of the processor, a series and origin. */
  readonly ms: number;
  /** Dates before each forecast. */
  readonly origins: readonly number[];
}

export const scorerOf = ({ panel, horizon, season, truth = panel.values }: BenchSet): Scorer =>
  new Scorer({ truth, slotsPerDay: SLOTS[panel.step], horizon, season });

export async function scoreOf(set: BenchSet): Promise<Scored> {
  const { panel, horizon, origins } = set;
  const scorer = scorerOf(set);
  const before = process.cpuUsage();
  const seen: number[] = [];
  for await (const round of backtest(panel, { calendars: [panel.notes] }, { horizon, origins, stepDays: STEP_DAYS })) {
    scorer.add(round);
    seen.push(round.origin);
  }
  const { user, system } = process.cpuUsage(before);
  const ms = (user + system) / 1000 / (seen.length * panel.names.length);
  return { set, score: scorer.score(), ms, origins: seen };
}

export async function backtestLines(
  folder: string,
  note: (text: string) => void,
  isAsked: (set: string) => boolean,
): Promise<string[]> {
  const scores: Scored[] = [];
  for (const set of [...dailySets(folder), ...hourlySets(folder)].filter(({ name }) => isAsked(name))) {
    note(`${set.name} ...\n`);
    scores.push(await scoreOf(set));
  }
  return [HEAD, ...scores.map(lineOf), ...(scores.length > 0 ? [geometricLine(scores)] : [])];
}

const HEAD =
  "set                                    pairs   MASE   goal  naive  WAPE %   MAE/naive   in 80 %   in 95 %   width   CPU ms a series and origin";

function lineOf({ set, score, ms }: Scored): string {
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
function geometricLine(scores: readonly Scored[]): string {
  const mean = (of: readonly Scored[], value: (score: Score) => number) =>
    Math.exp(of.reduce((sum, { score }) => sum + Math.log(value(score)), 0) / of.length);
  const judged = scores.filter(({ set }) => set.goal !== undefined);
  const text = (of: readonly Scored[]) =>
    `${mean(of, ({ relative }) => relative).toFixed(3)} by sums, ${mean(of, ({ mase, naiveMase }) => mase / naiveMase).toFixed(3)} by MASE`;
  return `MAE against seasonal naive, geometric mean: ${text(judged)} over sets with a goal (goal .65); ${text(scores)} over all`;
}
