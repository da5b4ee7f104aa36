import { HETEROGENEITY } from "../expectation/noise.ts";
import { CLOSED, type SeriesState } from "../series-state.ts";
import { bestIntervals } from "./partition.ts";

/** A stretch of dates in which a series left its siblings and itself, by a step or by a ramp from 0. */
export interface LevelInterval {
  readonly from: number;
  readonly to: number;
  readonly shape: "step" | "ramp";
  /** Step: the mean log ratio. Ramp: the log ratio gained a day. */
  readonly size: number;
  /** The mean of the series' own log ratio, without its siblings, against the same dates. */
  readonly own: number;
  readonly gain: number;
}

/** Longer than two months is the new normal of a place: a person must say which. */
const LONGEST = 56;
/** Nats that a stretch must gain: e^12 against about 730 x 56 stretches, two shapes, of a device in two years. */
const PRICE = 12;
/** One date carries no more than a doubling or so many standard deviations: a concert alone is no step. */
const CLIP = { sigmas: 3.5, least: Math.LN2 };
/** Dates that a step needs. */
const LEAST_STEP_DATES = 3;
/** A step below this (-18 %) is not told from a street that changes. */
const LEAST_STEP = 0.2;
/** No fault but counting twice (1.6 to 2.5 times) adds people; what rises less is the street. */
const LEAST_RISE = Math.log(1.6);
/** How far a fault of a month moves the expectation of the dates beside it. */
const MOST_PULL = 0.2;
const LEAST_RAMP_DATES = 8;
/** A ramp below this (1.5 % a day) is a season. */
const LEAST_RAMP = 0.015;
/** Dates on either side that say where the series stood: a month, as an expectation that a fault has moved has moved there too. */
const BESIDE = 28;
/** Part of the deviation that must be in the series itself, else its siblings have moved. */
const LEAST_OWN = 0.5;

/** Running sums over dates, one longer than they are; a date without a witness or on which the place was closed weighs nothing. */
interface Sums {
  readonly weight: Float64Array;
  readonly rest: Float64Array;
  readonly own: Float64Array;
  readonly time: Float64Array;
  readonly timeTime: Float64Array;
  readonly restTime: Float64Array;
  readonly seen: Float64Array;
  /** The first three, of dates that were not doubted in the round before. */
  readonly calmWeight: Float64Array;
  readonly calmRest: Float64Array;
  readonly calmOwn: Float64Array;
  /** Variance of what weeks keep. */
  readonly slow: number;
}

/** Steps and ramps of `own - common` that no chance explains, weighing what weeks keep (`slowSigma`) like what dates scatter. */
export function levelIntervals(state: SeriesState): LevelInterval[] {
  const sums = sumsOf(state);
  const found = bestIntervals(state.days, { longest: LONGEST, price: PRICE }, (from, to) =>
    Math.max(stepOf(sums, from, to).gain, rampOf(sums, from, to).gain),
  );
  return withoutShadows(found.map(({ from, to }) => intervalOf(sums, from, to)));
}

function intervalOf(sums: Sums, from: number, to: number): LevelInterval {
  const [step, ramp] = [stepOf(sums, from, to), rampOf(sums, from, to)];
  return { from, to, ...(step.gain >= ramp.gain ? { ...step, shape: "step" } : { ...ramp, shape: "ramp" }) };
}

/**
 * A fault of weeks pulls the expectation beside it, so that ordinary weeks look like a smaller step the other way: such a step
 * goes, and in the next round the fault no longer pulls.
 */
function withoutShadows(found: readonly LevelInterval[]): LevelInterval[] {
  const kept: LevelInterval[] = [];
  for (const one of [...found].sort((a, b) => b.gain - a.gain)) {
    const isShadowOf = (other: LevelInterval) =>
      other.size * one.size < 0 && other.from - one.to < BESIDE && one.from - other.to < BESIDE;
    if (!kept.some(isShadowOf)) kept.push(one);
  }
  return kept.sort((a, b) => a.from - b.from);
}

function sumsOf(state: SeriesState): Sums {
  const { own, common, sigma, days, isDoubted } = state;
  const next = () => new Float64Array(days + 1);
  const sums = {
    weight: next(),
    rest: next(),
    own: next(),
    time: next(),
    timeTime: next(),
    restTime: next(),
    seen: next(),
  };
  const calm = { calmWeight: next(), calmRest: next(), calmOwn: next() };
  for (let day = 0; day < days; day++) {
    const isSeen = isJudged(state, day);
    const weight = isSeen ? 1 / sigma[day]! ** 2 : 0;
    const bound = Math.max(CLIP.least, CLIP.sigmas * sigma[day]!);
    const rest = isSeen ? weight * Math.max(-bound, Math.min(own[day]! - common[day]!, bound)) : 0;
    const alone = isSeen ? weight * own[day]! : 0;
    const isCalm = isDoubted[day] === 0 ? 1 : 0;
    add(sums.seen, day, isSeen ? 1 : 0);
    add(sums.weight, day, weight);
    add(sums.rest, day, rest);
    add(sums.own, day, alone);
    add(sums.time, day, weight * day);
    add(sums.timeTime, day, weight * day * day);
    add(sums.restTime, day, rest * day);
    add(calm.calmWeight, day, isCalm * weight);
    add(calm.calmRest, day, isCalm * rest);
    add(calm.calmOwn, day, isCalm * alone);
  }
  return { ...sums, ...calm, slow: state.slowSigma ** 2 };
}

function isJudged({ own, common, sigma, witnesses, calendar }: SeriesState, day: number): boolean {
  return (
    Number.isFinite(own[day]! - common[day]!) && sigma[day]! > 0 && witnesses[day]! > 0 && calendar[day] !== CLOSED
  );
}

function add(sum: Float64Array, day: number, value: number): void {
  sum[day + 1] = sum[day]! + value;
}

const between = (sum: Float64Array, from: number, to: number) => sum[to]! - sum[from]!;

interface Fit {
  readonly size: number;
  readonly own: number;
  readonly gain: number;
}

const NO_FIT: Fit = { size: 0, own: 0, gain: Number.NEGATIVE_INFINITY };

/** Sum over the month before and, for a step, the month behind. */
function beside(sum: Float64Array, from: number, to: number, isBoth: boolean): number {
  const before = between(sum, Math.max(0, from - BESIDE), from);
  return isBoth ? before + between(sum, to, Math.min(sum.length - 1, to + BESIDE)) : before;
}

function stepOf(sums: Sums, from: number, to: number): Fit {
  if (between(sums.seen, from, to) < LEAST_STEP_DATES) return NO_FIT;
  const weight = between(sums.weight, from, to);
  const raw = between(sums.rest, from, to) / weight;
  if (Math.abs(raw) < LEAST_STEP / 2) return NO_FIT;
  const outside = beside(sums.calmWeight, from, to, true) + 1 / (sums.slow + LEAST_STEP ** 2);
  const size = raw - baseOf(beside(sums.calmRest, from, to, true) / outside);
  const own = between(sums.own, from, to) / weight - beside(sums.calmOwn, from, to, true) / outside;
  if ((size > -LEAST_STEP && size < LEAST_RISE) || !isItsOwn(own, size)) return NO_FIT;
  const slow = sums.slow + (HETEROGENEITY * (own - size)) ** 2;
  if (nats(size, 1 / weight + 1 / outside + slow) < PRICE) return NO_FIT;
  return { size, own, gain: nats(size, 1 / weight) };
}

/** Where a series stood, within what a fault can pull its expectation: more is the fault itself, before it was known. */
const baseOf = (mean: number) => Math.max(-MOST_PULL, Math.min(mean, MOST_PULL));

const isItsOwn = (own: number, deviation: number) =>
  own * deviation > 0 && Math.abs(own) >= LEAST_OWN * Math.abs(deviation);

/** Log-likelihood ratio of a normal mean against 0. */
const nats = (mean: number, variance: number) => mean ** 2 / (2 * variance);

function rampOf(sums: Sums, from: number, to: number): Fit {
  const dates = to - from;
  if (dates < LEAST_RAMP_DATES || between(sums.seen, from, to) < LEAST_RAMP_DATES) return NO_FIT;
  // Days since the one before the first, so that the first date has already moved.
  const zero = from - 1;
  const weight = between(sums.weight, from, to);
  const time = between(sums.time, from, to);
  const square = between(sums.timeTime, from, to) - 2 * zero * time + zero * zero * weight;
  const outside = beside(sums.calmWeight, from, to, false) + 1 / (sums.slow + LEAST_STEP ** 2);
  const base = baseOf(beside(sums.calmRest, from, to, false) / outside);
  const product =
    between(sums.restTime, from, to) - zero * between(sums.rest, from, to) - base * (time - zero * weight);
  const size = product / square;
  const own = between(sums.own, from, to) / weight - beside(sums.calmOwn, from, to, false) / outside;
  if (size > -LEAST_RAMP || size * dates > -LEAST_STEP || !isItsOwn(own, (size * dates) / 2)) return NO_FIT;
  const leverage = (time - zero * weight) / square;
  const height = between(sums.rest, from, to) / weight - base;
  const slow = sums.slow + (HETEROGENEITY * (own - height)) ** 2;
  if (nats(size, 1 / square + (1 / outside + slow) * leverage ** 2) < PRICE) return NO_FIT;
  return { size, own, gain: nats(size, 1 / square) };
}
