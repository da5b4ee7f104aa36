import { ORDINARY, type SeriesState } from "../series-state.ts";
import { TrimmedMean } from "./trimmed-mean.ts";

/** How far the same weekdays are asked. */
export interface Span {
  /** Weeks on both sides together. */
  readonly weeks: number;
  /** Weeks in which a week's weight halves. */
  readonly halfLife: number;
}

/** Half a year: a broken month is too little to move it. For the first look. */
export const WIDE: Span = { weeks: 26, halfLife: 13 };
/** A quarter of a year: follows the season. For what is left when broken weeks are known. */
export const NEAR: Span = { weeks: 12, halfLife: 8 };
/** Weeks looked at to find them; further away is another season. */
const REACH_WEEKS = 26;
/** Weight cut off at either end: the interquartile mean. */
const TRIM = 0.25;
/** Fewer weeks say nothing. */
const MIN_WEEKS = 3;

const near = new Int32Array(2 * REACH_WEEKS + 1);
const nearWeight = new Float64Array(2 * REACH_WEEKS + 1);
const weeks = new TrimmedMean(WIDE.weeks);

/**
 * Fills `state.expected`: the weighted interquartile mean of the same weekday and hour on the nearest ordinary dates, earlier and
 * later, that no rule has taken out, the date itself excluded. Level and shape in one, and no broken month moves it.
 */
export function fillExpected(state: SeriesState, span: Span): void {
  for (let day = 0; day < state.days; day++) {
    const count = nearestDays(state, day, span);
    for (let hour = 0; hour < state.perDay; hour++)
      state.expected[day * state.perDay + hour] = expectedAt(state, hour, count, span);
  }
}

/** Candidates in `near`, the nearest first; their count. More than are needed, as single hours of them may be out. */
function nearestDays({ days, calendar, isDoubted }: SeriesState, day: number, { halfLife }: Span): number {
  let count = 0;
  for (let week = 1; week <= REACH_WEEKS && count < near.length - 1; week++) {
    const weight = 2 ** (-week / halfLife);
    for (const candidate of [day - 7 * week, day + 7 * week]) {
      if (candidate < 0 || candidate >= days || calendar[candidate] !== ORDINARY || isDoubted[candidate] === 1)
        continue;
      near[count] = candidate;
      nearWeight[count++] = weight;
    }
  }
  return count;
}

function expectedAt({ values, isOut, perDay }: SeriesState, hour: number, candidates: number, span: Span): number {
  weeks.clear();
  for (let i = 0; i < candidates && weeks.count < span.weeks; i++) {
    const slot = near[i]! * perDay + hour;
    const value = values[slot]!;
    if (isOut[slot] === 0 && value >= 0) weeks.add(value, nearWeight[i]!);
  }
  return weeks.count < MIN_WEEKS ? Number.NaN : weeks.mean(TRIM);
}
