import { boundsOf } from "./combine/intervals.ts";
import { hourOffset } from "./hourly/hours-ahead.ts";
import type { ErrorQuantiles, SeriesChampion, TodayStage } from "./port.ts";

const HOURS = 24;
/** Parts of an expected date that are told apart. */
export const STAGES = 10;
/** The last hours say more of those behind them than the night does. */
const RECENT_HOURS = 3;
/** How much of its square a date that is off already adds to that of what is unexplained: nobody knows why it is off, nor how long. */
const ODD = 0.1;

/** Hours of a date as they were foretold in its morning, and as they came. */
export interface DateHours {
  readonly hours: Float64Array;
  /** NaN for none or none that is believed. */
  readonly counted: Float64Array;
}

export interface TodayOptions {
  /** The morning's forecast of the date's hours. */
  readonly hours: Float64Array;
  /** People counted by hour, of the part of it that `seen` says; NaN for none or none that is believed. */
  readonly counted: Float64Array;
  /** Part of each hour that is over and was counted, 0..1. */
  readonly seen: ArrayLike<number>;
  /** The date before; without it, or with an hour of it unknown, it says nothing. */
  readonly yesterday?: DateHours | undefined;
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
 * (slopes of all hours and of the last ones by the part that is seen, learned on past origins), and as yesterday was before and behind the same hour. Hours that are missing or flagged count as not seen: without any, the morning's forecast stands.
 */
export function updateToday({ hours, counted, seen, yesterday, champion }: TodayOptions): TodayForecast {
  const offset = offsetOf(hours);
  const { expected, people, rest } = split(hours, counted, seen);
  const total = expected + rest;
  const share = total > 0 ? expected / total : 0;
  const stage = share > 0 ? champion.today[stageOf(share)] : undefined;
  const ratio = expected > 0 ? (people + offset) / (expected + offset) : 1;
  const before = Math.log(ratio);
  const last = lastLogs(yesterday, seen);
  const signs = { before, recent: recentLog(hours, counted, seen), lastSeen: last.seen, lastRest: last.rest };
  const factor = stage ? Math.exp(expectedOf(signs, stage)) : 1;
  const byHour = hours.map((value, hour) => {
    const part = seenPart(counted, seen, hour);
    return (part > 0 ? counted[hour]! : 0) + (1 - part) * value * factor;
  });
  const left = rest * factor;
  const errors = stage ? scaled(stage.errors, scaleOf(stage.spread, before)) : NO_ERRORS;
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

/** log(counted / expected) of the last hours that are seen. */
export function recentLog(hours: Float64Array, counted: Float64Array, seen: ArrayLike<number>): number {
  let [expected, people, taken] = [0, 0, 0];
  for (let hour = HOURS - 1; hour >= 0 && taken < RECENT_HOURS; hour--) {
    const part = seenPart(counted, seen, hour);
    if (part === 0) continue;
    taken++;
    expected += part * hours[hour]!;
    people += counted[hour]!;
  }
  const offset = offsetOf(hours);
  return Math.log((people + offset) / (expected + offset));
}

/** What is known at a moment of how a date is off: logarithms of counted over expected. */
export interface Signs {
  readonly before: number;
  readonly recent: number;
  readonly lastSeen: number;
  readonly lastRest: number;
}

/** log(counted / expected) of the rest of the date. */
export const expectedOf = (
  { before, recent, lastSeen, lastRest }: Signs,
  { slope, recent: follows, lastSeen: seen = 0, lastRest: rest = 0 }: Slopes,
): number => slope * before + follows * (recent - before) + seen * lastSeen + rest * lastRest;

export type Slopes = Pick<TodayStage, "slope" | "recent" | "lastSeen" | "lastRest">;

/** How yesterday was off up to the moment that is seen of today, and behind it; 0 where it is not known. */
export function lastLogs(yesterday: DateHours | undefined, seen: ArrayLike<number>): { seen: number; rest: number } {
  if (!yesterday || yesterday.counted.some((value) => Number.isNaN(value))) return { seen: 0, rest: 0 };
  const offset = offsetOf(yesterday.hours);
  const sums = { expected: 0, people: 0, foretold: 0, came: 0 };
  for (let hour = 0; hour < HOURS; hour++) {
    const part = Math.max(0, Math.min(1, seen[hour] ?? 0));
    sums.expected += part * yesterday.hours[hour]!;
    sums.people += part * yesterday.counted[hour]!;
    sums.foretold += (1 - part) * yesterday.hours[hour]!;
    sums.came += (1 - part) * yesterday.counted[hour]!;
  }
  return {
    seen: bounded(Math.log((sums.people + offset) / (sums.expected + offset))),
    rest: bounded(Math.log((sums.came + offset) / (sums.foretold + offset))),
  };
}

/** A wilder date is an event of its own. */
const BOUND = 1;
export const bounded = (value: number) => Math.max(-BOUND, Math.min(BOUND, value));

function seenPart(counted: Float64Array, seen: ArrayLike<number>, hour: number): number {
  return Number.isNaN(counted[hour]!) ? 0 : Math.max(0, Math.min(1, seen[hour] ?? 0));
}

/** Which of the stages a part belongs to. */
export const stageOf = (share: number): number => Math.min(STAGES - 1, Math.floor(share * STAGES));

/** Errors are divided by it before quantiles are taken, and quantiles multiplied by it (normalised conformal: Papadopoulos et al. 2008). */
export const scaleOf = (spread: number, before: number): number => Math.sqrt(spread * spread + ODD * before * before);

/** Added before a logarithm, so that a quiet hour is no abyss. */
export const offsetOf = (hours: Float64Array): number =>
  (0.02 * hours.reduce((sum, value) => sum + value, 0)) / Math.max(1, hours.length) + 0.5;

const NO_ERRORS: ErrorQuantiles = { q025: 0, q10: 0, q90: 0, q975: 0 };

const scaled = ({ q025, q10, q90, q975 }: ErrorQuantiles, by: number): ErrorQuantiles => ({
  ...{ q025: by * q025, q10: by * q10, q90: by * q90, q975: by * q975 },
});
