import { offsetOf } from "./members/calendar-fit.ts";
import type { DayParts, Days, Family } from "./port.ts";

/** Dates with clean counts below which a series borrows: six weeks, after which its own weekdays and level are known as well. */
export const YOUNG_DAYS = 42;
/** Dates that a series needs to lend: a season's worth of weekdays and a level. */
const LENDER_DAYS = 84;
/** Fewer lenders are no habit of many. */
const LEAST_LENDERS = 2;
/** Bounds of what the lenders' weekday is worth beside the newcomer's own dates of it. */
const LEAST_PENALTY = 0.1;
const MOST_PENALTY = 20;
/** Lenders try to borrow from each other for four weeks, from so many dates back on: on different weekdays. */
const TRIAL_DAYS = 28;
const TRIALS_BACK = [28, 31, 37, 40, 50] as const;
/** Part of a newcomer's dates that a lender must know. */
const LEAST_COMMON = 0.7;

/** Chosen by `npm run bench:forecast` on other sets than each is judged on; the table is in README.md. */
export interface BorrowOptions {
  /** Days after which a date counts half in the level. */
  readonly levelHalfLife: number;
  /** Dates that the lenders' course is worth beside the series' own members. */
  readonly own: number;
}

export const BORROW: BorrowOptions = { levelHalfLife: 14, own: 10 };

/** Whose habits a newcomer takes. */
export interface Lenders {
  /** Series of the history. */
  readonly series: readonly number[];
  /** Dates that the newcomer has itself. */
  readonly days: number;
  /** True where they are of its cluster, false where they are all that there are. */
  readonly isCluster: boolean;
}

/** Dates of a series that is new; undefined for one that is old enough, or has none. */
export function youngDays({ values }: Pick<Days, "values">, series: number): number | undefined {
  const known = values[series]!.filter(Number.isFinite).length;
  return known > 0 && known < YOUNG_DAYS ? known : undefined;
}

/** By series, whose habits it takes; undefined for one that is old enough, or where there are not enough lenders. */
export function lendersOf(
  days: Days,
  families: readonly (Family | undefined)[] = [],
): readonly (Lenders | undefined)[] {
  const known = days.values.map((values) => values.filter(Number.isFinite).length);
  return days.names.map((_, series): Lenders | undefined => {
    const own = youngDays(days, series);
    if (own === undefined) return undefined;
    const mine = families[series];
    const able = days.names
      .map((_, other) => other)
      .filter((other) => known[other]! >= LENDER_DAYS && sharedPart(days, series, other) >= LEAST_COMMON)
      .filter((other) => families[other]?.level === mine?.level);
    const near = able.filter((other) => mine?.cluster !== undefined && families[other]?.cluster === mine.cluster);
    if (near.length >= LEAST_LENDERS) return { series: near, days: own, isCluster: true };
    return able.length >= LEAST_LENDERS ? { series: able, days: own, isCluster: false } : undefined;
  });
}

function sharedPart(days: Days, series: number, other: number): number {
  let [own, both] = [0, 0];
  days.values[series]!.forEach((value, day) => {
    if (Number.isNaN(value)) return;
    own++;
    if (!Number.isNaN(days.values[other]![day]!)) both++;
  });
  return both / own;
}

/** What all series are foretold by their own members, by series and date of the horizon. */
export interface Borrowing {
  readonly days: Days;
  readonly totals: readonly Float64Array[];
  readonly options?: BorrowOptions;
}

/**
 * The dates ahead of a newcomer by the course of its lenders from its own dates on: season, holidays and weekdays are theirs, the level is its own. Its own weekdays count as
 * much as weekdays differ among the lenders (empirical Bayes, Efron and Morris 1973): much among streets, little in a chain of shops that are alike. In the logarithm, so
 * that the size of a lender is no part of it. Undefined where lenders who borrowed from each other would have been worse off.
 */
export function borrowedTotals(
  series: number,
  lenders: Lenders,
  { days, totals, options = BORROW }: Borrowing,
): Float64Array | undefined {
  const own = totals[series]!;
  const values = days.values[series]!;
  const offset = offsetOf(values);
  const logs = lenders.series.flatMap((lender) => logOf(lender, series, { days, totals }) ?? []);
  const course = meanOf(logs);
  const { weekday } = days.dates[series]!;
  const rests = course.subarray(0, days.days).map((value, day) => Math.log(values[day]! + offset) - value);
  const level = weighted(rests, (day) => 0.5 ** ((days.days - 1 - day) / options.levelHalfLife));
  const sums = new Float64Array(7);
  const counts = new Float64Array(7);
  rests.forEach((rest, day) => {
    if (!Number.isFinite(rest)) return;
    sums[weekday[day]!]! += rest - level;
    counts[weekday[day]!]! += 1;
  });
  const penalty = weekdayPenalty(logs, course, { weekday, end: days.days });
  if (!isWorth(logs, lenders.days, { weekday, end: days.days, penalty })) return undefined;
  const share = lenders.days / (lenders.days + options.own);
  return own.map((mine, h) => {
    const day = days.days + h;
    const at = weekday[day]!;
    const log = level + sums[at]! / (counts[at]! + penalty) + course[day]!;
    if (!Number.isFinite(log)) return mine;
    return Math.max(0, Math.exp((1 - share) * log + share * Math.log(mine + offset)) - offset);
  });
}

/** By date of history and horizon, how a lender stands to its mean on the newcomer's dates; undefined where none of these is known. */
function logOf(lender: number, series: number, { days, totals }: Borrowing): Float64Array | undefined {
  const known = days.values[lender]!;
  const { isClosed } = days.dates[lender]!;
  const offset = offsetOf(known);
  const log = Float64Array.from({ length: days.days + totals[series]!.length }, (_, day) => {
    // A lender that is closed says nothing of the date.
    if (isClosed[day] === 1) return Number.NaN;
    return Math.log((day < days.days ? known[day]! : totals[lender]![day - days.days]!) + offset);
  });
  const mine = days.values[series]!;
  const mean = weighted(
    mine.map((value, day) => (Number.isNaN(value) ? Number.NaN : log[day]!)),
    () => 1,
  );
  return Number.isFinite(mean) ? log.map((value) => value - mean) : undefined;
}

/** By date, of those that know it. */
function meanOf(logs: readonly Float64Array[]): Float64Array {
  return Float64Array.from({ length: logs[0]?.length ?? 0 }, (_, day) => {
    let [sum, count] = [0, 0];
    for (const log of logs) {
      if (Number.isNaN(log[day]!)) continue;
      sum += log[day]!;
      count++;
    }
    return count > 0 ? sum / count : Number.NaN;
  });
}

/** Dates of one weekday that the lenders' weekday is worth: variance of a date over that of weekdays among the lenders. */
function weekdayPenalty(
  logs: readonly Float64Array[],
  course: Float64Array,
  { weekday, end }: { readonly weekday: Uint8Array; readonly end: number },
): number {
  let [noise, between, dates, weekdays] = [0, 0, 0, 0];
  for (const log of logs) {
    const from = Math.max(0, end - LENDER_DAYS);
    const rest = log.subarray(from, end).map((value, day) => value - course[from + day]!);
    const mean = weighted(rest, () => 1);
    for (let at = 0; at < 7; at++) {
      const own = rest.filter((value, day) => weekday[from + day] === at && Number.isFinite(value));
      if (own.length < 2) continue;
      const deviation = own.reduce((sum, value) => sum + value, 0) / own.length;
      const squares = own.reduce((sum, value) => sum + (value - deviation) ** 2, 0);
      noise += squares;
      dates += own.length - 1;
      between += (deviation - mean) ** 2 - squares / (own.length - 1) / own.length;
      weekdays++;
    }
  }
  if (!(dates > 0 && noise > 0)) return MOST_PENALTY;
  const ratio = noise / dates / Math.max(1e-9, between / weekdays);
  return Math.min(MOST_PENALTY, Math.max(LEAST_PENALTY, ratio));
}

interface TrialOptions {
  readonly weekday: Uint8Array;
  readonly end: number;
  readonly penalty: number;
}

/**
 * Whether lenders that had known only as many dates as the newcomer would have been told better by the others than by their own weekdays, in the last weeks: three
 * streets that differ lend nothing to a fourth.
 */
function isWorth(logs: readonly Float64Array[], known: number, { weekday, end, penalty }: TrialOptions): boolean {
  if (logs.length < LEAST_LENDERS) return false;
  let [borrowed, alone] = [0, 0];
  const course = meanOf(logs);
  for (const log of logs) {
    const rest = log.map((value, day) => value - (logs.length * course[day]! - value) / (logs.length - 1));
    for (const back of TRIALS_BACK) {
      const from = end - back;
      borrowed += trialError(rest, { weekday, from, known, penalty });
      alone += trialError(log, { weekday, from, known, penalty: LEAST_PENALTY });
    }
  }
  return borrowed < alone;
}

/** Mean absolute error of the dates from `from` on by level and weekdays of the `known` ones before. */
function trialError(
  log: Float64Array,
  { weekday, from, known, penalty }: { weekday: Uint8Array; from: number; known: number; penalty: number },
): number {
  const before = log.subarray(Math.max(0, from - known), from);
  const level = weighted(before, () => 1);
  const sums = new Float64Array(7);
  const counts = new Float64Array(7);
  before.forEach((value, i) => {
    if (!Number.isFinite(value)) return;
    sums[weekday[from - before.length + i]!]! += value - level;
    counts[weekday[from - before.length + i]!]! += 1;
  });
  const errors = log.subarray(from, from + TRIAL_DAYS).map((value, i) => {
    const at = weekday[from + i]!;
    return Math.abs(value - level - sums[at]! / (counts[at]! + penalty));
  });
  const error = weighted(errors, () => 1);
  return Number.isFinite(error) ? error : 0;
}

function weighted(values: Float64Array, weightOf: (index: number) => number): number {
  let [sum, total] = [0, 0];
  values.forEach((value, index) => {
    if (!Number.isFinite(value)) return;
    const weight = weightOf(index);
    sum += weight * value;
    total += weight;
  });
  return total > 0 ? sum / total : Number.NaN;
}

/** The lenders' reasons for a date, in the newcomer's size; what its own course adds is `other`. */
export function borrowedParts(
  parts: readonly (readonly DayParts[])[],
  totals: Float64Array,
  own: readonly DayParts[],
): DayParts[] {
  return Array.from(totals, (total, h) => {
    const theirs = parts.map((own) => own[h]!);
    const size = (part: DayParts) =>
      part.level + part.weekday + part.season + part.holiday + part.event + part.regressors;
    const whole = theirs.reduce((sum, part) => sum + size(part), 0);
    // Nobody comes to a closed shop, whatever others do.
    if (!(whole > 0 && total > 0)) return own[h]!;
    const scale = total / whole;
    const share = (of: (part: DayParts) => number) => scale * theirs.reduce((sum, part) => sum + of(part), 0);
    const names = [...new Set(theirs.flatMap(({ named = {} }) => Object.keys(named)))];
    const people = {
      ...{
        level: share(({ level }) => level),
        weekday: share(({ weekday }) => weekday),
        season: share(({ season }) => season),
      },
      ...{ holiday: share(({ holiday }) => holiday), event: share(({ event }) => event) },
      regressors: share(({ regressors }) => regressors),
    };
    const other = total - Object.values(people).reduce((sum, value) => sum + value, 0);
    const named = Object.fromEntries(names.map((name) => [name, share(({ named = {} }) => named[name] ?? 0)]));
    return { date: theirs[0]!.date, ...people, ...(names.length > 0 && { named }), other };
  });
}
