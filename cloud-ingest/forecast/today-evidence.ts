import { median } from "../quality/expectation/numbers.ts";
import type { ErrorQuantiles, TodayStage } from "./port.ts";
import { offsetOf, recentLog, STAGES, scaleOf, stageOf } from "./today.ts";

const HOURS = 24;
/** Squares of the hours before that "as much as all" and "nothing goes on" are worth. */
const PRIOR = 0.6;
const NOTHING = 0.05;
/** A wilder hour is an event of its own. */
const BOUND = 1;
const MOST_SLOPE = 1.2;
/** Of a series of which nothing is known: by a third. */
const USUAL_SPREAD = 0.3;

/** How far the hours before a moment were off, how the last of them, and those behind it: logarithms of counted over expected. */
interface Pair {
  readonly series: number;
  readonly stage: number;
  readonly before: number;
  readonly recent: number;
  readonly behind: number;
}

type QuantilesOf = (errors: readonly (readonly number[])[]) => {
  readonly own: readonly ErrorQuantiles[];
  readonly pooled: ErrorQuantiles;
};

/** Learns stages from past dates: pairs of how far the hours before a moment and those behind it were off. */
export class TodayEvidence {
  readonly #pairs: Pair[] = [];

  /** A past date with its morning's forecast, at every hour of it. */
  add(series: number, hours: Float64Array, counted: Float64Array): void {
    if (counted.some((value) => Number.isNaN(value))) return;
    const offset = offsetOf(hours);
    const total = hours.reduce((sum, value) => sum + value, 0);
    const people = counted.reduce((sum, value) => sum + value, 0);
    const seen = new Uint8Array(HOURS);
    let [expected, came] = [0, 0];
    for (let hour = 0; hour < HOURS; hour++) {
      seen[hour] = 1;
      expected += hours[hour]!;
      came += counted[hour]!;
      if (expected < 0.01 * total || expected > 0.99 * total) continue;
      this.#pairs.push({
        series,
        stage: stageOf(expected / total),
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

const unexplained = (pairs: readonly Pair[], stage: number, { slope, recent }: Slopes): Left[] =>
  pairs
    .filter((pair) => pair.stage === stage)
    .map((pair) => ({
      error: pair.behind - slope * pair.before - recent * (pair.recent - pair.before),
      before: pair.before,
    }));

/** Undefined where nothing is known, or all is explained. */
function spreadOf(left: readonly Left[]): number | undefined {
  const spread = left.length > 0 ? median(left.map(({ error }) => Math.abs(error))) : 0;
  return spread > 1e-6 ? spread : undefined;
}

type Slopes = Pick<TodayStage, "slope" | "recent">;

/** By stage, ridge regression of `behind` on `before` and on how the last hours differ from it, towards the slopes of all. */
function slopesOf(pairs: readonly Pair[], prior?: readonly Slopes[]): Slopes[] {
  const sums = Array.from({ length: STAGES }, () => ({ xx: 0, xz: 0, zz: 0, xy: 0, zy: 0 }));
  for (const { stage, before, recent, behind } of pairs) {
    const [x, z, y] = [bounded(before), bounded(recent - before), bounded(behind)];
    const own = sums[stage]!;
    own.xx += x * x;
    own.xz += x * z;
    own.zz += z * z;
    own.xy += x * y;
    own.zy += z * y;
  }
  return sums.map(({ xx, xz, zz, xy, zy }, stage) => {
    const worth = prior ? PRIOR : NOTHING;
    const towards = prior?.[stage] ?? { slope: 0, recent: 0 };
    const [a, b, c] = [xx + worth, xz, zz + worth];
    const [d, e] = [xy + worth * towards.slope, zy + worth * towards.recent];
    const determinant = a * c - b * b;
    return { slope: slopeWithin((d * c - b * e) / determinant), recent: slopeWithin((a * e - b * d) / determinant) };
  });
}

const bounded = (value: number) => Math.max(-BOUND, Math.min(BOUND, value));
const slopeWithin = (slope: number) => Math.max(0, Math.min(MOST_SLOPE, slope));
