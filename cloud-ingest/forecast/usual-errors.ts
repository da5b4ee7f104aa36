import { areUnknown } from "./combine/intervals.ts";
import { hourOffset } from "./hourly/hours-ahead.ts";
import { calendarFit } from "./members/calendar-fit.ts";
import { YOUNG_DAYS } from "./newcomers.ts";
import type { Days, ErrorQuantiles, History } from "./port.ts";
import { ownErrors, STRANGER, youngErrors } from "./young-errors.ts";

const HOURS = 24;

/** Errors by horizon group or hour of the day, of the series itself and of all. */
export interface LearntErrors {
  readonly own: readonly ErrorQuantiles[];
  readonly pooled: readonly ErrorQuantiles[];
}

/**
 * Errors of dates by horizon group, as learnt. A young series has those of all, as its own few are of the weeks in which it was younger still, with what it does not know of itself;
 * so has one that nobody knows errors of.
 */
export function errorsOfDates(learnt: LearntErrors, days: Days, series: number): ErrorQuantiles[] {
  const { offset } = calendarFit(days, series);
  const logs = days.values[series]!.map((value) => Math.log(value + offset));
  return learnt.own.map((own, group) => errorsOf(own, learnt.pooled[group]!, { days, series, logs }));
}

export interface HourErrorOptions {
  readonly days: Days;
  readonly history: Pick<History, "values">;
  readonly series: number;
}

/** The same by hour of the day. */
export function errorsOfHours(learnt: LearntErrors, { days, history, series }: HourErrorOptions): ErrorQuantiles[] {
  const offset = hourOffset(calendarFit(days, series).offset);
  return learnt.own.map((own, hour) => {
    // A date that is masked or doubted is so with all its hours.
    const logs = days.values[series]!.map((value, day) =>
      Number.isNaN(value) ? value : Math.log(history.values[series]![day * HOURS + hour]! + offset),
    );
    return errorsOf(own, learnt.pooled[hour]!, { days, series, logs, isHour: true });
  });
}

interface SeriesDates {
  readonly days: Days;
  readonly series: number;
  readonly logs: Float64Array;
  readonly isHour?: boolean;
}

function errorsOf(
  own: ErrorQuantiles,
  pooled: ErrorQuantiles,
  { days, series, logs, isHour = false }: SeriesDates,
): ErrorQuantiles {
  const known = days.values[series]!.filter(Number.isFinite).length;
  const learnt = known < YOUNG_DAYS ? pooled : own;
  if (!areUnknown(learnt)) return known < YOUNG_DAYS ? youngErrors(learnt, { known, isHour }) : learnt;
  const from = Math.max(0, days.days - YOUNG_DAYS);
  const dates = { logs: logs.subarray(from), weekday: days.dates[series]!.weekday.subarray(from), isHour };
  return youngErrors(ownErrors(dates), { known, isHour }, STRANGER);
}
