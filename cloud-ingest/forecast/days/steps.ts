import { median, sortedQuantile } from "../../quality/expectation/numbers.ts";

export const WEEK = 7;
export const YEAR_WEEKS = 52;
/** Weeks that a level must last on either side. */
export const LEAST_WEEKS = 8;
/** Smaller changes are left to the levels, which follow them in weeks. */
export const LEAST_CHANGE = Math.log(1.6);
/** Part of the absolute deviation that a step must explain. */
export const LEAST_GAIN = 0.55;
/** It must happen between two weeks beside it, not over a season. */
export const ABRUPT_WEEKS = 2;
const MOST_STEPS = 3;

/**
 * First dates of lasting, sudden, large changes of level: binary segmentation of the logarithms of weekly medians by absolute deviation (as Fryzlewicz
 * 2014 has it by squares). A change which the same weeks of the year before show too is a season.
 */
export function stepsOf(values: Float64Array): number[] {
  const weeks = weeklyLogs(values);
  const found: number[] = [];
  const open: [number, number][] = [[0, weeks.length]];
  for (let part = open.pop(); part && found.length < MOST_STEPS; part = open.pop()) {
    const step = bestStep(weeks, part);
    if (step === undefined) continue;
    found.push(step);
    open.push([part[0], step], [step, part[1]]);
  }
  const first = values.length % WEEK;
  return found.map((week) => first + week * WEEK).sort((a, b) => a - b);
}

/** By week, counted back from the end; NaN of weeks with too few dates. */
export function weeklyLogs(values: Float64Array): Float64Array {
  const first = values.length % WEEK;
  return Float64Array.from({ length: Math.floor(values.length / WEEK) }, (_, week) => {
    const known = values.subarray(first + week * WEEK, first + (week + 1) * WEEK).filter((value) => value > 0);
    return known.length >= 4 ? Math.log(median(known)) : Number.NaN;
  });
}

function bestStep(weeks: Float64Array, [from, to]: [number, number]): number | undefined {
  const part = weeks.slice(from, to);
  const before = deviations(part);
  const behind = deviations(part.reverse());
  let best: { at: number; rest: number } | undefined;
  for (let at = from + LEAST_WEEKS; at <= to - LEAST_WEEKS; at++) {
    const rest = before[at - from]! + behind[to - at]!;
    if (rest < (best?.rest ?? (1 - LEAST_GAIN) * before[to - from]!)) best = { at, rest };
  }
  if (!best || !isSudden(weeks, best.at) || isSeason(weeks, best.at)) return undefined;
  return best.at;
}

export const changeAt = (weeks: Float64Array, at: number, reach: number) =>
  median(weeks.subarray(at, at + reach)) - median(weeks.subarray(Math.max(0, at - reach), at));

/** Large, at once, and of the same direction over two months. */
function isSudden(weeks: Float64Array, at: number): boolean {
  const [atOnce, later] = [changeAt(weeks, at, ABRUPT_WEEKS), changeAt(weeks, at, LEAST_WEEKS)];
  return Math.abs(atOnce) >= LEAST_CHANGE && Math.abs(later) >= LEAST_CHANGE && atOnce * later > 0;
}

function isSeason(weeks: Float64Array, at: number): boolean {
  const change = changeAt(weeks, at, LEAST_WEEKS);
  return [-YEAR_WEEKS, YEAR_WEEKS].some((shift) => {
    if (at + shift < LEAST_WEEKS || at + shift > weeks.length - LEAST_WEEKS) return false;
    return changeAt(weeks, at + shift, LEAST_WEEKS) * Math.sign(change) > LEAST_CHANGE / 2;
  });
}

/** Sums of the absolute deviations from their median of the first 0, 1, 2, ... weeks. */
function deviations(weeks: Float64Array): Float64Array {
  const sorted = new Float64Array(weeks.length);
  let known = 0;
  return Float64Array.from({ length: weeks.length + 1 }, (_, count) => {
    const last = weeks[count - 1] ?? Number.NaN;
    if (!Number.isNaN(last)) {
      let at = known++;
      for (; at > 0 && sorted[at - 1]! > last; at--) sorted[at] = sorted[at - 1]!;
      sorted[at] = last;
    }
    const middle = sortedQuantile(sorted.subarray(0, known), 0.5);
    let sum = 0;
    for (let week = 0; week < count; week++) if (!Number.isNaN(weeks[week]!)) sum += Math.abs(weeks[week]! - middle);
    return sum;
  });
}
