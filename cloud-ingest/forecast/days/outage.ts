import { median } from "../../quality/expectation/numbers.ts";
import type { DateTable } from "../port.ts";

const WEEK = 7;
/** Same weekdays on either side that say what is usual. */
const NEIGHBOURS = 6;
/** A zero is no chance where so many people are usual: below, a quiet shop has zeros (Poisson, e^-8 = 3e-4). */
const LEAST_USUAL = 8;
/** Of the same weekdays around, so many at least had people: a shop that is closed on some of them has no outage. */
const LEAST_OPEN = 0.75;
/** So many of one weekday in turn, with people on the dates beside, are a new day off. */
const NEW_DAY_OFF = 3;
/** A longer silence is a shop that is closed: while it lasts, and as nobody knows for how long, nobody is foretold. Once it is over it teaches nothing, unless it comes every year. */
const LONGEST_OUTAGE = 28;
const YEAR = 364;
const MOST_YEARLY = 0.5;

/**
 * Dates that a device counted 0 while it was out: zero where the same weekday has people, and neither holiday nor closure says why; and closures of more than four weeks that
 * are over. 1 where it is so.
 */
export function outageDates(values: Float64Array, dates: DateTable): Uint8Array {
  const isOut = new Uint8Array(values.length);
  for (let from = 0, to = 0; from < values.length; from = to + 1) {
    for (to = from; to < values.length && values[to] === 0; to++);
    if (to - from >= WEEK && comesYearly(values, { from, to })) continue;
    if (to - from > LONGEST_OUTAGE) {
      if (to < values.length) isOut.fill(1, from, to);
      continue;
    }
    for (let day = from; day < to; day++) if (isOutage(values, dates, { day, run: to - from })) isOut[day] = 1;
  }
  return isOut;
}

/** Whether most of the same dates of a year before or behind were 0 too: a shop of one season is closed, not out. */
function comesYearly(values: Float64Array, { from, to }: { from: number; to: number }): boolean {
  return [-YEAR, YEAR].some((away) => {
    let [zeros, known] = [0, 0];
    for (let day = Math.max(0, from + away); day < Math.min(values.length, to + away); day++) {
      if (Number.isNaN(values[day]!)) continue;
      known++;
      if (values[day] === 0) zeros++;
    }
    return known > 0 && zeros > MOST_YEARLY * known;
  });
}

function isOutage(values: Float64Array, dates: DateTable, { day, run }: { day: number; run: number }): boolean {
  if (dates.holiday[day] !== 0 || dates.isClosed[day] === 1) return false;
  if (run < WEEK && weekdayRun(values, day) >= NEW_DAY_OFF) return false;
  const around = sameWeekdays(values, day);
  const open = around.filter((value) => value > 0).length;
  return around.length >= 3 && open >= LEAST_OPEN * around.length && median(around) >= LEAST_USUAL;
}

/** How many of one weekday in turn are 0. */
function weekdayRun(values: Float64Array, day: number): number {
  let run = 1;
  for (let at = day - WEEK; at >= 0 && values[at] === 0; at -= WEEK) run++;
  for (let at = day + WEEK; at < values.length && values[at] === 0; at += WEEK) run++;
  return run;
}

/** The nearest known values of the weekday on both sides; zeros that hang together with the date do not vouch for it. */
function sameWeekdays(values: Float64Array, day: number): number[] {
  const around: number[] = [];
  for (const step of [-WEEK, WEEK]) {
    let isRun = true;
    for (let at = day + step, taken = 0; at >= 0 && at < values.length && taken < NEIGHBOURS; at += step) {
      const value = values[at]!;
      if (Number.isNaN(value) || (value === 0 && isRun)) continue;
      isRun = false;
      around.push(value);
      taken++;
    }
  }
  return around;
}
