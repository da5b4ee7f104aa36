import { ORDINARY, type SeriesState } from "../series-state.ts";

/** Same weekdays asked on both sides together: two months, the shortest that leaves a middle when a month of them is broken. */
const WEEKS = 8;
/** Weeks looked at to find them; further away is another season. */
const REACH_WEEKS = 26;
/** Weeks in which a week's weight halves. */
const HALF_LIFE_WEEKS = 4;
/** Weight cut off at either end: the interquartile mean, continuous where a median of small counts jumps. */
const TRIM = 0.25;
/** Fewer weeks say nothing. */
const MIN_WEEKS = 3;

const near = new Int32Array(4 * WEEKS);
const nearWeight = new Float64Array(4 * WEEKS);
const sortedValue = new Float64Array(WEEKS);
const sortedWeight = new Float64Array(WEEKS);

/**
 * Fills `state.expected`: the weighted interquartile mean of the same weekday and hour on the nearest ordinary dates, earlier and
 * later, that no rule has taken out, the date itself excluded. Level and shape in one, and no broken month moves it.
 */
export function fillExpected(state: SeriesState): void {
  for (let day = 0; day < state.days; day++) {
    const count = nearestDays(state, day);
    for (let hour = 0; hour < state.perDay; hour++)
      state.expected[day * state.perDay + hour] = expectedAt(state, hour, count);
  }
}

/** Candidates in `near`, the nearest first; their count. More than are needed, as single hours of them may be out. */
function nearestDays({ days, calendar, isDoubted }: SeriesState, day: number): number {
  let count = 0;
  for (let week = 1; week <= REACH_WEEKS && count < near.length - 1; week++) {
    const weight = 2 ** (-week / HALF_LIFE_WEEKS);
    for (const candidate of [day - 7 * week, day + 7 * week]) {
      if (candidate < 0 || candidate >= days || calendar[candidate] !== ORDINARY || isDoubted[candidate] === 1)
        continue;
      near[count] = candidate;
      nearWeight[count++] = weight;
    }
  }
  return count;
}

function expectedAt({ values, isOut, perDay }: SeriesState, hour: number, candidates: number): number {
  let count = 0;
  let total = 0;
  for (let i = 0; i < candidates && count < WEEKS; i++) {
    const slot = near[i]! * perDay + hour;
    const value = values[slot]!;
    if (isOut[slot] === 1 || !(value >= 0)) continue;
    insert(value, nearWeight[i]!, count++);
    total += nearWeight[i]!;
  }
  return count < MIN_WEEKS ? Number.NaN : trimmedMean(count, total);
}

function insert(value: number, weight: number, count: number): void {
  let at = count;
  for (; at > 0 && sortedValue[at - 1]! > value; at--) {
    sortedValue[at] = sortedValue[at - 1]!;
    sortedWeight[at] = sortedWeight[at - 1]!;
  }
  sortedValue[at] = value;
  sortedWeight[at] = weight;
}

function trimmedMean(count: number, total: number): number {
  const low = TRIM * total;
  const high = (1 - TRIM) * total;
  let sum = 0;
  let at = 0;
  for (let i = 0; i < count; i++) {
    const next = at + sortedWeight[i]!;
    sum += sortedValue[i]! * Math.max(0, Math.min(next, high) - Math.max(at, low));
    at = next;
  }
  return sum / (high - low);
}
