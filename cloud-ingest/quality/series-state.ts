import type { LevelInterval } from "./scan/level-intervals.ts";

/** Calendar classes of a date, from the weakest to the strongest. */
export const ORDINARY = 0;
export const HOLIDAY = 1;
export const EVENT = 2;
export const SHOCK = 3;
export const CLOSED = 4;

/** Everything that rules share about one series: arrays by slot (`days * perDay`) or by date (`days`). */
export interface SeriesState {
  readonly name: string;
  readonly perDay: number;
  readonly days: number;
  /** Raw, by slot, people; NaN where nothing is known. */
  readonly values: Float64Array;
  /** By slot, 1 where a rule has taken the value out. */
  readonly isOut: Uint8Array;
  /** By date, 1 where a level or a profile is doubted: judged on, but no history or witness for others. */
  readonly isDoubted: Uint8Array;
  /** By date, `ORDINARY` to `CLOSED`. */
  readonly calendar: Uint8Array;
  /** By slot, people on an ordinary date such as this; NaN where the series has no history. */
  readonly expected: Float64Array;
  /** Negative binomial dispersion k of a stretch's sum: variance = mean + mean^2 / k. */
  dispersion: number;
  /** By date, log of counted over expected, of the hours that are believed; NaN where there are too few. */
  readonly own: Float64Array;
  /** By date, `own` as the siblings foretell it; 0 without siblings. */
  readonly common: Float64Array;
  /** By date, how many siblings spoke. */
  readonly witnesses: Uint8Array;
  /** By date, standard deviation of `own - common`. */
  readonly sigma: Float64Array;
  /** Standard deviation of the slow part of `own - common`, which does not average out over days. */
  slowSigma: number;
  /** Indexes into the panel, the closest first. */
  siblings: readonly number[];
  /** Index of the series that counts the other direction of the same line; -1 without one. */
  partner: number;
  /** Steps and ramps of `own - common`, found once for all rules that read them. */
  levels?: readonly LevelInterval[] | undefined;
  /** By clock shift in hours, evidence of each date in nats, found once for the series and its siblings' veto. */
  readonly shifts: Map<number, Float64Array>;
}

/** An empty state around raw values, which it does not copy. */
export function createState(name: string, values: Float64Array, perDay: number): SeriesState {
  const days = Math.floor(values.length / perDay);
  return {
    name,
    perDay,
    days,
    values,
    isOut: new Uint8Array(values.length),
    isDoubted: new Uint8Array(days),
    calendar: new Uint8Array(days),
    expected: new Float64Array(values.length).fill(Number.NaN),
    dispersion: 4,
    own: new Float64Array(days).fill(Number.NaN),
    common: new Float64Array(days),
    witnesses: new Uint8Array(days),
    sigma: new Float64Array(days).fill(Number.NaN),
    slowSigma: 0,
    siblings: [],
    partner: -1,
    shifts: new Map(),
  };
}
