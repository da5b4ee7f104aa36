import { median } from "../quality/expectation/numbers.ts";
import { solveInPlace } from "../quality/impute/linear-algebra.ts";
import type { ErrorQuantiles, TodayStage } from "./port.ts";
import {
  bounded,
  type DateHours,
  expectedOf,
  lastLogs,
  offsetOf,
  recentLog,
  type Signs,
  type Slopes,
  STAGES,
  scaleOf,
  stageOf,
} from "./today.ts";

const HOURS = 24;
/** Squares of the hours before that "as much as all" and "nothing goes on" are worth. */
const PRIOR = 0.6;
const NOTHING = 0.05;
const MOST_SLOPE = 1.2;
/** Of a series of which nothing is known: by a third. */
const USUAL_SPREAD = 0.3;

/** What was known at a moment of a past date, and how the hours behind it were off. */
interface Pair extends Signs {
  readonly series: number;
  readonly stage: number;
  readonly behind: number;
}

type QuantilesOf = (errors: readonly (readonly number[])[]) => {
  readonly own: readonly ErrorQuantiles[];
  readonly pooled: ErrorQuantiles;
};

/** Learns stages from past dates: pairs of how far the hours before a moment and those behind it were off. */
export class TodayEvidence {
  readonly #pairs: Pair[] = [];

  /** A past date with its morning's forecast, at every hour of it; `yesterday`: the date before, as far as it is known. */
  add(series: number, { hours, counted }: DateHours, yesterday?: DateHours): void {
    if (counted.some((value) => Number.isNaN(value))) return;
    const offset = offsetOf(hours);
    const total = hours.reduce((sum, value) => sum + value, 0);
    // A closed date, or a shop that nobody visits, has no stages.
    if (!(total > 0)) return;
    const people = counted.reduce((sum, value) => sum + value, 0);
    const seen = new Uint8Array(HOURS);
    let [expected, came] = [0, 0];
    for (let hour = 0; hour < HOURS; hour++) {
      seen[hour] = 1;
      expected += hours[hour]!;
      came += counted[hour]!;
      if (expected < 0.01 * total || expected > 0.99 * total) continue;
      const last = lastLogs(yesterday, seen);
      this.#pairs.push({
        series,
        stage: stageOf(expected / total),
        lastSeen: last.seen,
        lastRest: last.rest,
        before: Math.log((came + offset) / (expected + offset)),
        recent: recentLog(hours, counted, seen),
        behind: Math.log((people - came + offset) / (total - expected + offset)),
      });
    }
  }

  /** By series, and last for a series without any: slopes of its own pairs and those of all, and what is left unexplained. */
  stages(series: number, quantilesOf: QuantilesOf): { own: TodayStage[][]; pooled: TodayStage[] } {
    const all = slopesOf(this.#pairs);
    const bySeries = Array.from({ length: series }, (): Pair[] => []);
    for (const pair of this.#pairs) bySeries[pair.series]!.push(pair);
    const own = bySeries.map((pairs) => slopesOf(pairs, all));
    const stages = Array.from({ length: STAGES }, (_, stage) => {
      const left = bySeries.map((pairs, i) => unexplained(pairs, stage, own[i]![stage]!));
      const spreads = left.map((each) => spreadOf(each));
      const known = spreads.filter((spread) => spread !== undefined);
      const usual = known.length > 0 ? median(known) : USUAL_SPREAD;
      const units = left.map((each, i) =>
        each.map(({ error, before }) => error / scaleOf(spreads[i] ?? usual, before)),
      );
      return { spreads: spreads.map((spread) => spread ?? usual), usual, ...quantilesOf(units) };
    });
    return {
      own: own.map((slopes, i) =>
        stages.map(({ spreads, own }, stage) => ({ ...slopes[stage]!, spread: spreads[i]!, errors: own[i]! })),
      ),
      pooled: stages.map(({ usual, pooled }, stage) => ({ ...all[stage]!, spread: usual, errors: pooled })),
    };
  }
}

interface Left {
  readonly error: number;
  readonly before: number;
}

const unexplained = (pairs: readonly Pair[], stage: number, slopes: Slopes): Left[] =>
  pairs
    .filter((pair) => pair.stage === stage)
    .map((pair) => ({ error: pair.behind - expectedOf(pair, slopes), before: pair.before }));

/** Undefined where nothing is known, or all is explained. */
function spreadOf(left: readonly Left[]): number | undefined {
  const spread = left.length > 0 ? median(left.map(({ error }) => Math.abs(error))) : 0;
  return spread > 1e-6 ? spread : undefined;
}

/** What the rest of a date is regressed on, in the order of the coefficients. */
const signsOf = ({ before, recent, lastSeen, lastRest }: Pair) => [
  bounded(before),
  bounded(recent - before),
  lastSeen,
  lastRest,
];
const SIGNS = 4;
const OF_TODAY = 2;

/** By stage, ridge regression of `behind` on what is known at a moment, towards the slopes of all. */
function slopesOf(pairs: readonly Pair[], prior?: readonly Slopes[]): Slopes[] {
  const grams = Array.from({ length: STAGES }, () => new Float64Array(SIGNS * SIGNS));
  const moments = Array.from({ length: STAGES }, () => new Float64Array(SIGNS));
  for (const pair of pairs) {
    const signs = signsOf(pair);
    const behind = bounded(pair.behind);
    for (let i = 0; i < SIGNS; i++) {
      moments[pair.stage]![i]! += signs[i]! * behind;
      for (let j = 0; j <= i; j++) grams[pair.stage]![i * SIGNS + j]! += signs[i]! * signs[j]!;
    }
  }
  return moments.map((moment, stage) => {
    const { slope = 0, recent = 0, lastSeen = 0, lastRest = 0 } = prior?.[stage] ?? {};
    [slope, recent, lastSeen, lastRest].forEach((towards, i) => {
      // Of yesterday's hours nothing is believed without evidence, of today's little.
      const worth = prior || i >= OF_TODAY ? PRIOR : NOTHING;
      grams[stage]![i * SIGNS + i]! += worth;
      moment[i]! += worth * towards;
    });
    solveInPlace(grams[stage]!, moment, SIGNS);
    const [a = 0, b = 0, c = 0, d = 0] = moment;
    return { slope: slopeWithin(a), recent: slopeWithin(b), lastSeen: bounded(c), lastRest: bounded(d) };
  });
}

const slopeWithin = (slope: number) => Math.max(0, Math.min(MOST_SLOPE, slope));
