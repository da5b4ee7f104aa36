import { median } from "../../quality/expectation/numbers.ts";
import {
  ABRUPT_WEEKS,
  changeAt,
  LEAST_CHANGE,
  LEAST_GAIN,
  LEAST_WEEKS,
  WEEK,
  weeklyLogs,
  YEAR_WEEKS,
} from "./steps.ts";

/** Longer ones are two steps, and found as such. */
const MOST_WEEKS = 30;
/** Of two weeks beside an edge: two changes there and back need not be as sudden each as a step, for which one must do. */
const EDGE_CHANGE = LEAST_CHANGE / 2;
/** Weeks on either side that say what is usual there. */
const BESIDE_WEEKS = 8;
/** Part of the change by which both sides may differ. */
const MOST_DRIFT = 0.5;
const MOST_STRETCHES = 2;
/** Weeks on either side of an edge that say which of its dates are on which. */
const EDGE_WEEKS = 4;

/** Dates, the last one excluded, and the log ratio of the weeks beside to them. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly ratio: number;
}

/**
 * Months at another level between two alike: road works, a scaffold, a torn counter. Two changes at once (circular binary segmentation, Olshen et al. 2004, here of weekly medians by
 * bounded absolute deviation), each as large and as sudden as a step must be. What the same weeks of another year show too is a season.
 */
export function stretchesOf(values: Float64Array): Stretch[] {
  const weeks = weeklyLogs(values);
  const first = values.length % WEEK;
  const found: Stretch[] = [];
  while (found.length < MOST_STRETCHES) {
    const best = bestPair(weeks);
    if (!best) break;
    const { ratio } = best;
    const from = edgeAt(values, first + best.from * WEEK);
    found.push({ from, to: edgeAt(values, first + best.to * WEEK), ratio });
    for (let week = best.from; week < best.to; week++) weeks[week]! += best.ratio;
  }
  return found;
}

/** In place: a stretch is brought to the level of the weeks about it, so that its weekdays still teach and its level does not. */
export function rescaleStretches(values: Float64Array): void {
  for (const { from, to, ratio } of stretchesOf(values))
    for (let day = from; day < to; day++) values[day]! *= Math.exp(ratio);
}

function bestPair(weeks: Float64Array): (Stretch & { gain: number }) | undefined {
  let best: (Stretch & { gain: number }) | undefined;
  for (let from = BESIDE_WEEKS; from + LEAST_WEEKS <= weeks.length - BESIDE_WEEKS; from++) {
    if (!(Math.abs(changeAt(weeks, from, ABRUPT_WEEKS)) >= EDGE_CHANGE)) continue;
    const last = Math.min(from + MOST_WEEKS, weeks.length - BESIDE_WEEKS);
    for (let to = from + LEAST_WEEKS; to <= last; to++) {
      const ratio = ratioOf(weeks, from, to);
      if (ratio === undefined || isSeason(weeks, { from, to, ratio })) continue;
      const { gain, share } = gainOf(weeks, from, to);
      if (gain > (best?.gain ?? 0) && share >= LEAST_GAIN) best = { from, to, ratio, gain };
    }
  }
  return best;
}

/** Log ratio of the weeks beside to those within, half from either side; undefined where these are no two sudden changes there and back. */
function ratioOf(weeks: Float64Array, from: number, to: number): number | undefined {
  const [there, back] = [changeAt(weeks, from, ABRUPT_WEEKS), -changeAt(weeks, to, ABRUPT_WEEKS)];
  if (!(there * back > 0 && Math.min(Math.abs(there), Math.abs(back)) >= EDGE_CHANGE)) return undefined;
  const { within, before, after } = levelsOf(weeks, from, to);
  const [left, right] = [before - within, after - within];
  const change = (left + right) / 2;
  if (!(left * right > 0 && left * there < 0 && Math.min(Math.abs(left), Math.abs(right)) >= LEAST_CHANGE))
    return undefined;
  return Math.abs(left - right) <= MOST_DRIFT * Math.abs(change) ? change : undefined;
}

const levelsOf = (weeks: Float64Array, from: number, to: number) => ({
  before: levelOf(weeks.subarray(from - BESIDE_WEEKS, from)),
  within: levelOf(weeks.subarray(from, to)),
  after: levelOf(weeks.subarray(to, to + BESIDE_WEEKS)),
});

/** NaN where less than half of the weeks are known. */
const levelOf = (weeks: Float64Array): number =>
  2 * weeks.filter(Number.isFinite).length >= weeks.length ? median(weeks) : Number.NaN;

function isSeason(weeks: Float64Array, { from, to, ratio }: Stretch): boolean {
  return [-YEAR_WEEKS, YEAR_WEEKS].some((shift) => {
    if (from + shift < BESIDE_WEEKS || to + shift > weeks.length - BESIDE_WEEKS) return false;
    const { within, before, after } = levelsOf(weeks, from + shift, to + shift);
    return ((before + after) / 2 - within) * Math.sign(ratio) > LEAST_CHANGE / 2;
  });
}

/** The date at which counts change from those of the weeks on one side to those of the other, weekday by weekday; within a week of `near`. */
function edgeAt(values: Float64Array, near: number): number {
  const usual = (day: number, step: number) =>
    median(Float64Array.from({ length: EDGE_WEEKS }, (_, week) => Math.log(values[day + step * (week + 1) * WEEK]!)));
  let [best, least, cost] = [near - WEEK, 0, 0];
  for (let day = near - WEEK; day < near + WEEK; day++) {
    const log = Math.log(values[day]!);
    // The first one is as the weeks before on the left of the edge, the second one as those behind on the right.
    const more = Math.abs(log - usual(day, -1)) - Math.abs(log - usual(day, 1));
    if (Number.isFinite(more)) cost += more;
    if (cost < least) [best, least] = [day + 1, cost];
  }
  return best;
}

/** What the weeks within say for a level of their own, and what all say for the two levels as a part of what they could. */
function gainOf(weeks: Float64Array, from: number, to: number): { gain: number; share: number } {
  const { within, before, after } = levelsOf(weeks, from, to);
  const levels = { within, beside: (before + after) / 2 };
  const gain = supportOf(weeks.subarray(from, to), levels);
  const sides = [weeks.subarray(from - BESIDE_WEEKS, from), weeks.subarray(to, to + BESIDE_WEEKS)];
  const against = sides.reduce((sum, side) => sum + supportOf(side, levels), 0);
  const known = weeks.subarray(from - BESIDE_WEEKS, to + BESIDE_WEEKS).filter(Number.isFinite).length;
  return { gain, share: (gain - against) / (EDGE_CHANGE * known) };
}

/** How far weeks are at the level within and not at that beside; a week that is at neither says nothing. */
function supportOf(weeks: Float64Array, { within, beside }: { within: number; beside: number }): number {
  let support = 0;
  for (const week of weeks) {
    if (!Number.isNaN(week)) support += bounded(week - beside) - bounded(week - within);
  }
  return support;
}

const bounded = (distance: number) => Math.min(EDGE_CHANGE, Math.abs(distance));
