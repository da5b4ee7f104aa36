import { ORDINARY, type SeriesState } from "../series-state.ts";
import { bestIntervals } from "./partition.ts";

/** A stretch of dates in which a series left its siblings and itself, by a step or by a ramp from 0. */
export interface LevelInterval {
  readonly from: number;
  readonly to: number;
  readonly shape: "step" | "ramp";
  /** Step: the mean log ratio. Ramp: the log ratio gained a day. */
  readonly size: number;
  /** The mean of the series' own log ratio, without its siblings. */
  readonly own: number;
  readonly gain: number;
}

/** Longer than two months is the new normal of a place: a person must say which. */
const LONGEST = 56;
/** Nats that a stretch must gain: e^12 against about 730 x 56 stretches, two shapes, of a device in two years. */
const PRICE = 12;
/** One date carries no more than this many standard deviations: a concert alone is no step. */
const CLIP = 3.5;
/** A step below this (-18 %) is not told from a street that changes. */
const LEAST_STEP = 0.2;
const LEAST_RAMP_DATES = 8;
/** Part of the deviation that must be in the series itself, else its siblings have moved. */
const LEAST_OWN = 0.5;

interface Sums {
  readonly weight: Float64Array;
  readonly rest: Float64Array;
  readonly own: Float64Array;
  readonly time: Float64Array;
  readonly timeTime: Float64Array;
  readonly restTime: Float64Array;
  readonly seen: Uint16Array;
}

/** Steps and ramps of `own - common` that no chance explains, weighing what weeks keep (`slowSigma`) like what dates scatter. */
export function levelIntervals(state: SeriesState): LevelInterval[] {
  const sums = sumsOf(state);
  const slow = state.slowSigma ** 2;
  const found = bestIntervals(state.days, { longest: LONGEST, price: PRICE }, (from, to) =>
    Math.max(stepGain(sums, slow, from, to), rampGain(sums, slow, from, to)),
  );
  return found.map(({ from, to, gain }) => shapeOf(sums, slow, { from, to, gain }));
}

function shapeOf(
  sums: Sums,
  slow: number,
  { from, to, gain }: { from: number; to: number; gain: number },
): LevelInterval {
  const own = between(sums.own, from, to) / between(sums.weight, from, to);
  const isStep = stepGain(sums, slow, from, to) >= rampGain(sums, slow, from, to);
  if (isStep)
    return { from, to, shape: "step", size: between(sums.rest, from, to) / between(sums.weight, from, to), own, gain };
  const { product, square } = rampSums(sums, from, to);
  return { from, to, shape: "ramp", size: product / square, own, gain };
}

/** Running sums, one longer than the dates; a date without a witness or with a note of the calendar weighs nothing. */
function sumsOf({ own, common, sigma, witnesses, calendar, days }: SeriesState): Sums {
  const next = () => new Float64Array(days + 1);
  const sums = { weight: next(), rest: next(), own: next(), time: next(), timeTime: next(), restTime: next() };
  const seen = new Uint16Array(days + 1);
  for (let day = 0; day < days; day++) {
    const rest = own[day]! - common[day]!;
    const counts = Number.isFinite(rest) && sigma[day]! > 0 && witnesses[day]! > 0 && calendar[day] === ORDINARY;
    const weight = counts ? 1 / sigma[day]! ** 2 : 0;
    const bound = CLIP * sigma[day]!;
    const clipped = counts ? Math.max(-bound, Math.min(rest, bound)) : 0;
    add(sums.weight, day, weight);
    add(sums.rest, day, weight * clipped);
    add(sums.own, day, counts ? weight * own[day]! : 0);
    add(sums.time, day, weight * day);
    add(sums.timeTime, day, weight * day * day);
    add(sums.restTime, day, weight * clipped * day);
    seen[day + 1] = seen[day]! + (counts ? 1 : 0);
  }
  return { ...sums, seen };
}

function add(sum: Float64Array, day: number, value: number): void {
  sum[day + 1] = sum[day]! + value;
}

const between = (sum: Float64Array | Uint16Array, from: number, to: number) => sum[to]! - sum[from]!;

function isItsOwn(sums: Sums, from: number, to: number, deviation: number): boolean {
  const own = between(sums.own, from, to);
  return own * deviation > 0 && Math.abs(own) >= LEAST_OWN * Math.abs(deviation);
}

function stepGain(sums: Sums, slow: number, from: number, to: number): number {
  if (between(sums.seen, from, to) < 2) return Number.NEGATIVE_INFINITY;
  const weight = between(sums.weight, from, to);
  const rest = between(sums.rest, from, to);
  if (Math.abs(rest) < LEAST_STEP * weight || !isItsOwn(sums, from, to, rest)) return Number.NEGATIVE_INFINITY;
  return (rest / weight) ** 2 / (2 * (1 / weight + slow));
}

function rampSums(sums: Sums, from: number, to: number): { product: number; square: number } {
  // Days since the one before the first, so that the first date has already moved.
  const zero = from - 1;
  const weight = between(sums.weight, from, to);
  const time = between(sums.time, from, to);
  const product = between(sums.restTime, from, to) - zero * between(sums.rest, from, to);
  return { product, square: between(sums.timeTime, from, to) - 2 * zero * time + zero * zero * weight };
}

function rampGain(sums: Sums, slow: number, from: number, to: number): number {
  const dates = to - from;
  if (dates < LEAST_RAMP_DATES || between(sums.seen, from, to) < LEAST_RAMP_DATES) return Number.NEGATIVE_INFINITY;
  const { product, square } = rampSums(sums, from, to);
  const slope = product / square;
  const isSeen = Math.abs(slope) * dates >= LEAST_STEP;
  if (!isSeen || !isItsOwn(sums, from, to, between(sums.rest, from, to))) return Number.NEGATIVE_INFINITY;
  // The slow part, on a ramp of mean height slope * dates / 2.
  const variance = 1 / square + (4 * slow) / dates ** 2;
  return slope ** 2 / (2 * variance);
}
