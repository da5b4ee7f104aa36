import { boundsOf } from "./combine/intervals.ts";
import { hourOffset } from "./hourly/hours-ahead.ts";
import type { SeriesChampion, TodayStage } from "./port.ts";

const HOURS = 24;
/** Parts of an expected date that are told apart. */
export const STAGES = 10;

export interface TodayOptions {
  /** The morning's forecast of the date's hours. */
  readonly hours: Float64Array;
  /** People counted by hour, of the part of it that `seen` says; NaN for none or none that is believed. */
  readonly counted: Float64Array;
  /** Part of each hour that is over and was counted, 0..1. */
  readonly seen: ArrayLike<number>;
  readonly champion: Pick<SeriesChampion, "today">;
}

export interface TodayForecast {
  /** People of the whole date: those counted and those still to come. */
  readonly yhat: number;
  readonly lo80: number;
  readonly hi80: number;
  readonly lo95: number;
  readonly hi95: number;
  /** By hour: counted for what is over, foretold for the rest. */
  readonly hours: Float64Array;
  /** Part of the expected date that was counted; 0: the morning's forecast stands as it was. */
  readonly seenShare: number;
  /** What the hours so far are of what was expected of them; 1 where nothing is counted. */
  readonly ratio: number;
}

/**
 * The date's forecast with the hours that are counted already. The rest of the date is believed to be off as the hours so far are, as far as that was so on past dates
 * (a slope by the part that is seen, learned on past origins). Hours that are missing or flagged count as not seen: without any, the morning's forecast stands.
 */
export function updateToday({ hours, counted, seen, champion }: TodayOptions): TodayForecast {
  const offset = 0.02 * mean(hours) + 0.5;
  const { expected, people, rest } = split(hours, counted, seen);
  const total = expected + rest;
  const share = total > 0 ? expected / total : 0;
  const stage = champion.today[stageOf(share)];
  const ratio = expected > 0 ? (people + offset) / (expected + offset) : 1;
  const factor = stage && share > 0 ? ratio ** stage.slope : 1;
  const byHour = hours.map((value, hour) => {
    const part = seenPart(counted, seen, hour);
    return (part > 0 ? counted[hour]! : 0) + (1 - part) * value * factor;
  });
  const left = rest * factor;
  const errors = stage?.errors ?? { q025: 0, q10: 0, q90: 0, q975: 0 };
  const { lo80, hi80, lo95, hi95 } = boundsOf(left, errors, hourOffset(offset));
  return {
    yhat: people + left,
    lo80: people + lo80,
    hi80: people + hi80,
    lo95: people + lo95,
    hi95: people + hi95,
    hours: byHour,
    seenShare: share,
    ratio,
  };
}

/** What of a date was expected of the hours seen, how many came in them, and what is expected of the rest. */
export function split(hours: Float64Array, counted: Float64Array, seen: ArrayLike<number>) {
  let [expected, people, rest] = [0, 0, 0];
  for (let hour = 0; hour < HOURS; hour++) {
    const part = seenPart(counted, seen, hour);
    expected += part * hours[hour]!;
    rest += (1 - part) * hours[hour]!;
    if (part > 0) people += counted[hour]!;
  }
  return { expected, people, rest };
}

function seenPart(counted: Float64Array, seen: ArrayLike<number>, hour: number): number {
  return Number.isNaN(counted[hour]!) ? 0 : Math.max(0, Math.min(1, seen[hour] ?? 0));
}

/** Which of the stages a part belongs to. */
export const stageOf = (share: number): number => Math.min(STAGES - 1, Math.floor(share * STAGES));

const mean = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);

/** Learns stages from past dates: pairs of how far the hours before a moment and those behind it were off. */
export class TodayEvidence {
  readonly #pairs: { series: number; stage: number; before: number; behind: number }[] = [];

  /** A past date with its morning's forecast, at every hour of it. */
  add(series: number, hours: Float64Array, counted: Float64Array): void {
    if (counted.some((value) => Number.isNaN(value))) return;
    const offset = 0.02 * mean(hours) + 0.5;
    const total = hours.reduce((sum, value) => sum + value, 0);
    const people = counted.reduce((sum, value) => sum + value, 0);
    let [expected, came] = [0, 0];
    for (let hour = 0; hour < HOURS; hour++) {
      expected += hours[hour]!;
      came += counted[hour]!;
      if (expected < 0.01 * total || expected > 0.99 * total) continue;
      this.#pairs.push({
        series,
        stage: stageOf(expected / total),
        before: Math.log((came + offset) / (expected + offset)),
        behind: Math.log((people - came + offset) / (total - expected + offset)),
      });
    }
  }

  /** By series, and last for a series without any: the slope of its own pairs and those of all, and what is left unexplained. */
  stages(series: number, quantilesOf: QuantilesOf): { own: TodayStage[][]; pooled: TodayStage[] } {
    const all = slopes(this.#pairs);
    const errors = Array.from({ length: STAGES }, () => ({ own: Array.from({ length: series }, (): number[] => []) }));
    const bySeries = Array.from({ length: series }, (_, i) => this.#pairs.filter((pair) => pair.series === i));
    const own = bySeries.map((pairs) => slopes(pairs, all));
    for (const { series: i, stage, before, behind } of this.#pairs)
      errors[stage]!.own[i]!.push(behind - own[i]![stage]! * before);
    const quantiles = errors.map((stage) => quantilesOf(stage.own));
    return {
      own: own.map((each, i) => each.map((slope, stage) => ({ slope, errors: quantiles[stage]!.own[i]! }))),
      pooled: all.map((slope, stage) => ({ slope, errors: quantiles[stage]!.pooled })),
    };
  }
}

type QuantilesOf = (errors: readonly (readonly number[])[]) => {
  readonly own: readonly TodayStage["errors"][];
  readonly pooled: TodayStage["errors"];
};

/** Squares of `before` that "as much as all" and "nothing goes on" are worth. */
const PRIOR = 0.6;
const NOTHING = 0.05;
/** A wilder hour is an event of its own. */
const BOUND = 1;

function slopes(
  pairs: readonly { stage: number; before: number; behind: number }[],
  prior?: readonly number[],
): number[] {
  const squares = new Float64Array(STAGES);
  const products = new Float64Array(STAGES);
  const bounded = (value: number) => Math.max(-BOUND, Math.min(BOUND, value));
  for (const { stage, before, behind } of pairs) {
    squares[stage]! += bounded(before) ** 2;
    products[stage]! += bounded(before) * bounded(behind);
  }
  return Array.from(squares, (square, stage) => {
    const slope = prior
      ? (products[stage]! + PRIOR * prior[stage]!) / (square + PRIOR)
      : products[stage]! / (square + NOTHING);
    return Math.max(0, Math.min(1.2, slope));
  });
}
