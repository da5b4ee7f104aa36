import { logChance } from "../expectation/negative-binomial.ts";
import { median } from "../expectation/numbers.ts";
import { confidenceOf, type Flag, flagOf, type Rule, type RuleContext } from "../flag.ts";
import { bestIntervals, type Interval } from "../scan/partition.ts";
import type { SeriesState } from "../series-state.ts";

const PRICE = 11.5;
const LONGEST = 56;
/** Nats of a date that is neither. */
const UNLIKE = -4;
/** Nats by which an outage within `NEAR_DAYS` raises the odds: loads are repeated when a device comes back. */
const AFTER_OUTAGE = 5;
const NEAR_DAYS = 7;
/** Nats by which siblings at just twice their level raise them: no crowd doubles every place alike. */
const ALL_TWICE = 5;
const LIKE_TWICE = 0.25;
const LEAST_SIBLINGS = 2;
/** A load that was added to itself has this ratio, and only even counts. */
const TWICE = Math.LN2;
const WITHIN = 0.6;
const LOG_HALF = Math.log(0.5);
/** An odd count among them (a late correction) costs as much as ten even ones bring. */
const ODD = 10;

/**
 * A date that was loaded wrongly: a copy of the date before, hour by hour, or added to itself, which leaves only even counts at
 * twice the level. Both are faults of the way of the data, so siblings that were loaded together are no excuse.
 */
export const repeatedDayRule: Rule = {
  name: "repeated-day",
  version: 1,
  find: (context) => {
    const { days } = context.state;
    const evenShare = shareOfEven(context.state);
    const sum = new Float64Array(days + 1);
    for (let day = 0; day < days; day++) sum[day + 1] = sum[day]! + (evidenceOf(context, day, evenShare) || UNLIKE);
    if (!sum.some((nats, day) => nats > sum[Math.max(0, day - 1)]!)) return [];
    const gain = (from: number, to: number) => sum[to]! - sum[from]!;
    return bestIntervals(days, { longest: LONGEST, price: PRICE - AFTER_OUTAGE }, gain)
      .filter((found) => found.gain >= PRICE || isNearOutage(context.state, found))
      .map((found) => flag(context, found));
  },
};

function evidenceOf(context: RuleContext, day: number, evenShare: number): number {
  const copied = copyEvidence(context.state, day);
  const added = addedEvidence(context.state, day, evenShare);
  if (copied === 0 && added === 0) return 0;
  const alike = added > 0 && areAllTwice(context, day) ? ALL_TWICE : 0;
  return Math.max(copied, added + alike);
}

function flag(context: RuleContext, { from, to, gain }: Interval): Flag {
  const { perDay } = context.state;
  const slots = { from: from * perDay, to: to * perDay };
  return flagOf(repeatedDayRule, context, {
    ...slots,
    confidence: confidenceOf(Math.max(gain, PRICE), PRICE - 2),
    evidence: { nats: gain },
  });
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

/** Nats for a date added to itself: even counts, and a level that fits. */
function addedEvidence({ values, isOut, perDay, own, sigma }: SeriesState, day: number, evenShare: number): number {
  if (!(Math.abs(own[day]! - TWICE) < WITHIN)) return 0;
  const z = own[day]! / Math.max(0.1, sigma[day]! || 0.3);
  let nats = Math.min(2, z ** 2 / 4);
  for (let slot = day * perDay; slot < (day + 1) * perDay; slot++) {
    const value = values[slot]!;
    if (isOut[slot] === 1 || !(value > 0)) continue;
    nats += value % 2 === 0 ? -Math.log(evenShare) : ODD * LOG_HALF;
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

/** True when the middle sibling stands within a quarter of twice its level. */
function areAllTwice({ state, all }: RuleContext, day: number): boolean {
  const theirs = state.siblings.map((index) => all[index]!.own[day]!).filter(Number.isFinite);
  return theirs.length >= LEAST_SIBLINGS && Math.abs(median(theirs) - TWICE) < LIKE_TWICE;
}

function isNearOutage({ values, isOut, perDay }: SeriesState, days: Interval): boolean {
  const from = Math.max(0, (days.from - NEAR_DAYS) * perDay);
  const to = Math.min(values.length, (days.to + NEAR_DAYS) * perDay);
  let silent = 0;
  for (let slot = from; slot < to; slot++) if (isOut[slot] === 1 && !(values[slot]! > 0)) silent++;
  return silent >= perDay;
}
