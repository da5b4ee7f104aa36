import type { ErrorQuantiles } from "./port.ts";

/** Half the width of an interval of 80 % of a normal distribution, in its deviations. */
const Z80 = 1.2816;
/** Where 97.5 % lie, as a multiple of where 90 % do: of the usual errors of shops, which have longer tails than a normal distribution. */
const USUAL_TAIL = 2;
/** Deviation, as `Z80` has it, that is taken for a series which nobody compares with, and how many dates that is worth. */
const STRANGE_DATE = 0.35;
const STRANGE_HOUR = 0.5;
const STRANGE_DATES = 1;

/** Chosen by `npm run bench:forecast -- newcomers` on other sets than each is judged on; all in the logarithm, as half the width of an interval of 80 %. */
export interface YoungOptions {
  /** What a year would tell and some weeks do not: season, holidays, how far a level wanders. */
  readonly unseen: number;
  /** How unsure level and weekdays are before the first date; falls with the number of dates and one. */
  readonly level: number;
  /** The 97.5 % quantile of both as a multiple of the 90 % quantile. */
  readonly tail: number;
  /** The same of an hour as a multiple of a date's. */
  readonly hour: number;
}

export const YOUNG: YoungOptions = { unseen: 0.15, level: 1.2, tail: 2.75, hour: 1.25 };
/** Of a series without any other beside it: nobody says how weekdays differ. */
export const STRANGER: YoungOptions = { ...YOUNG, level: 1.8 };

/** How many clean dates a series has, and whether errors of its hours or of its dates are asked for. */
export interface YoungSeries {
  readonly known: number;
  readonly isHour?: boolean;
}

/**
 * The usual errors, with what a series of few dates does not know of itself: independent errors, whose squares add up. It is the same part of the people in a quiet town and in a
 * restless one, so that it is no multiple of the usual errors.
 */
export function youngErrors(
  { q025, q10, q90, q975 }: ErrorQuantiles,
  { known, isHour = false }: YoungSeries,
  { unseen, level, tail, hour }: YoungOptions = YOUNG,
): ErrorQuantiles {
  const own = (isHour ? hour : 1) * Math.hypot(unseen, level / (1 + known));
  return {
    q025: -Math.hypot(q025, tail * own),
    q10: -Math.hypot(q10, own),
    q90: Math.hypot(q90, own),
    q975: Math.hypot(q975, tail * own),
  };
}

/** Dates with their counts in the logarithm, NaN where not known, and their weekdays. */
export interface OwnDates {
  readonly logs: Float64Array;
  readonly weekday: Uint8Array;
  readonly isHour?: boolean;
}

/**
 * Usual errors of a series that no past forecast speaks for, neither its own nor another's: how far its dates are from the mean of their weekday, with a stranger's as one more
 * degree of freedom.
 */
export function ownErrors({ logs, weekday, isHour = false }: OwnDates): ErrorQuantiles {
  const [sums, counts] = [new Float64Array(7), new Float64Array(7)];
  logs.forEach((log, day) => {
    if (!Number.isFinite(log)) return;
    sums[weekday[day]!]! += log;
    counts[weekday[day]!]! += 1;
  });
  let [squares, freedom] = [0, 0];
  logs.forEach((log, day) => {
    if (!Number.isFinite(log)) return;
    squares += (log - sums[weekday[day]!]! / counts[weekday[day]!]!) ** 2;
    freedom++;
  });
  freedom -= counts.filter((count) => count > 0).length;
  const stranger = STRANGE_DATES * (isHour ? STRANGE_HOUR : STRANGE_DATE) ** 2;
  const size = Math.sqrt((stranger + Z80 ** 2 * squares) / (STRANGE_DATES + freedom));
  return { q025: -USUAL_TAIL * size, q10: -size, q90: size, q975: USUAL_TAIL * size };
}
