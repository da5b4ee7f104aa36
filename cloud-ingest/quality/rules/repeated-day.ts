import { logChance } from "../expectation/negative-binomial.ts";
import { median } from "../expectation/numbers.ts";
import { confidenceOf, type Flag, flagOf, type Rule, type RuleContext } from "../flag.ts";
import { bestIntervals, type Interval } from "../scan/partition.ts";
import { ORDINARY, type SeriesState } from "../series-state.ts";

const PRICE = 11.5;
const LONGEST = 56;
/** Nats of a date that is neither. */
const UNLIKE = -4;
/** Nats by which an outage within `NEAR_DAYS` raises the odds of a date: loads are repeated when a device comes back. */
const AFTER_OUTAGE = 5;
const NEAR_DAYS = 3;
/** A load that was added to itself has about this log ratio, and only even counts. */
const TWICE = Math.LN2;
const WITHIN = 0.6;
/** An odd count among them (a late correction) costs as much as ten even ones bring. */
const ODD = 10 * Math.log(0.5);
/** Nats for the level alone, at most, where it is just twice. */
const MOST_FOR_LEVEL = 6;
const JUST = 0.25;

/**
 * A date that was loaded wrongly: a copy of the date before, hour by hour, or added to itself, which leaves only even counts at
 * about twice the level. Both are faults of the way of the data, so siblings that were loaded together are no excuse.
 */
export const repeatedDayRule: Rule = {
  name: "repeated-day",
  version: 1,
  find: (context) => {
    const { state } = context;
    const evenShare = shareOfEven(state);
    const nats = Float64Array.from({ length: state.days }, (_, day) => evidenceOf(state, day, evenShare));
    const sum = new Float64Array(state.days + 1);
    nats.forEach((value, day) => {
      sum[day + 1] = sum[day]! + (value === 0 ? UNLIKE : value);
    });
    const gain = (from: number, to: number) => sum[to]! - sum[from]!;
    const hasAny = nats.some((value) => value > 0);
    const runs = hasAny ? bestIntervals(state.days, { longest: LONGEST, price: PRICE }, gain) : [];
    return [...runs, ...besideOutages(state, nats, runs)].map((found) => flag(context, found));
  },
};

function flag(context: RuleContext, { from, to, gain }: Interval): Flag {
  const { perDay } = context.state;
  const slots = { from: from * perDay, to: to * perDay };
  return flagOf(repeatedDayRule, context, {
    ...slots,
    confidence: confidenceOf(gain, PRICE - 2),
    evidence: { nats: gain },
  });
}

const evidenceOf = (state: SeriesState, day: number, evenShare: number) =>
  Math.max(copyEvidence(state, day), addedEvidence(state, day, evenShare));

/** Single dates beside an outage, whose level may speak as well. */
function besideOutages(state: SeriesState, nats: Float64Array, runs: readonly Interval[]): Interval[] {
  const found: Interval[] = [];
  for (let day = 0; day < state.days; day++) {
    const gain = nats[day]! + (nats[day]! > 0 ? levelEvidence(state, day) + AFTER_OUTAGE : 0);
    if (gain < PRICE || runs.some(({ from, to }) => from <= day && day < to)) continue;
    if (isNearOutage(state, day)) found.push({ from: day, to: day + 1, gain });
  }
  return found;
}

function levelEvidence({ own, sigma }: SeriesState, day: number): number {
  if (!(Math.abs(own[day]! - TWICE) < JUST)) return 0;
  const usual = median(sigma);
  return usual > 0 ? Math.min(MOST_FOR_LEVEL, (own[day]! / usual) ** 2 / 4) : 0;
}

/** Nats for a copy of the date before: what all equal counts would be by chance. 0 where one differs. */
function copyEvidence({ values, isOut, perDay, dispersion }: SeriesState, day: number): number {
  if (day === 0) return 0;
  let nats = 0;
  for (let slot = day * perDay; slot < (day + 1) * perDay; slot++) {
    const value = values[slot]!;
    if (value !== values[slot - perDay] || isOut[slot] === 1) return 0;
    if (value > 0) nats -= logChance(Math.round(value), value, dispersion);
  }
  return nats;
}

/** Nats for a date added to itself: each count even, at a level that may be twice the usual. */
function addedEvidence(state: SeriesState, day: number, evenShare: number): number {
  const { values, isOut, perDay, own, calendar } = state;
  if (calendar[day] !== ORDINARY || !(Math.abs(own[day]! - TWICE) < WITHIN)) return 0;
  let nats = 0;
  for (let slot = day * perDay; slot < (day + 1) * perDay; slot++) {
    const value = values[slot]!;
    if (isOut[slot] === 0 && value > 0) nats += value % 2 === 0 ? -Math.log(evenShare) : ODD;
  }
  return nats;
}

/** The part of the counts that is even anyway: 1 where a publisher rounds to tens. */
function shareOfEven({ values }: SeriesState): number {
  let [even, seen] = [1, 2];
  for (const value of values) {
    if (!(value > 0)) continue;
    seen++;
    if (value % 2 === 0) even++;
  }
  return Math.max(0.5, Math.min(1, even / seen));
}

function isNearOutage({ values, isOut, perDay }: SeriesState, day: number): boolean {
  const from = Math.max(0, (day - NEAR_DAYS) * perDay);
  const to = Math.min(values.length, (day + 1 + NEAR_DAYS) * perDay);
  let silent = 0;
  for (let slot = from; slot < to; slot++) if (isOut[slot] === 1 && !(values[slot]! > 0)) silent++;
  return silent >= perDay;
}
