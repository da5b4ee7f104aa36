import { logChance } from "../expectation/negative-binomial.ts";
import { confidenceOf, type Flag, flagOf, type Rule, type RuleContext } from "../flag.ts";
import type { SeriesState } from "../series-state.ts";

const PRICE = 11.5;
/** Nats by which an outage within `NEAR_DAYS` raises the odds: loads are repeated when a device comes back. */
const AFTER_OUTAGE = 5;
const NEAR_DAYS = 7;
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
    const flags: Flag[] = [];
    const evenShare = shareOfEven(context.state);
    for (let day = 0; day < context.state.days; day++) {
      const bonus = isNearOutage(context.state, day) ? AFTER_OUTAGE : 0;
      const copied = copyEvidence(context.state, day) + bonus;
      const added = addedEvidence(context.state, day, evenShare) + bonus;
      if (Math.max(copied, added) >= PRICE) flags.push(flag(context, day, { copied, added }));
    }
    return flags;
  },
};

function flag(context: RuleContext, day: number, evidence: { copied: number; added: number }): Flag {
  const { perDay } = context.state;
  const confidence = confidenceOf(Math.max(evidence.copied, evidence.added), PRICE - 2);
  return flagOf(repeatedDayRule, context, { from: day * perDay, to: (day + 1) * perDay, confidence, evidence });
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
  let nats = Math.min(4, z ** 2 / 4);
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

function isNearOutage({ values, isOut, perDay }: SeriesState, day: number): boolean {
  const [from, to] = [Math.max(0, (day - NEAR_DAYS) * perDay), Math.min(values.length, (day + NEAR_DAYS + 1) * perDay)];
  let silent = 0;
  for (let slot = from; slot < to; slot++) if (isOut[slot] === 1 && !(values[slot]! > 0)) silent++;
  return silent >= perDay;
}
