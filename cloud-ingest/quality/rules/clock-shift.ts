import { median } from "../expectation/numbers.ts";
import { confidenceOf, type Flag, flagOf, type Rule, type RuleContext } from "../flag.ts";
import { bestIntervals, type Interval } from "../scan/partition.ts";
import { SHIFTS, shiftEvidence } from "../scan/shift-evidence.ts";

const PRICE = 12;
/** A summer of a clock that missed the change. */
const LONGEST = 200;
/** Nats of the siblings from which they are late as well, as on a holiday that no calendar knows. */
const SIBLINGS_TOO = 1;

/** Dates whose profile is the usual one an hour or two late or early, when the siblings' is not. */
export const clockShiftRule: Rule = {
  name: "clock-shift",
  version: 1,
  find: (context) => {
    if (context.state.perDay < 24) return [];
    const found = SHIFTS.flatMap((hours) => intervalsOf(context, hours));
    return withoutOverlap(found).map(({ hours, ...interval }) => flag(context, hours, interval));
  },
};

type Shift = Interval & { readonly hours: number };

function intervalsOf(context: RuleContext, hours: number): Shift[] {
  const nats = vetoed(context, hours);
  if (!nats.some((value) => value > 0)) return [];
  const sum = new Float64Array(nats.length + 1);
  nats.forEach((value, day) => {
    sum[day + 1] = sum[day]! + (Number.isNaN(value) ? 0 : value);
  });
  return bestIntervals(nats.length, { longest: LONGEST, price: PRICE }, (from, to) => sum[to]! - sum[from]!).map(
    (interval) => ({ ...interval, hours }),
  );
}

/** Evidence of each date, none where the calendar or the siblings explain it. */
function vetoed({ state, all }: RuleContext, hours: number): Float64Array {
  const theirs = state.siblings.map((index) => shiftEvidence(all[index]!, hours));
  return shiftEvidence(state, hours).map((value, day) => {
    if (!(value > 0)) return value;
    if (state.calendar[day] !== 0) return 0;
    return theirs.length > 0 && median(theirs.map((nats) => nats[day]!)) > SIBLINGS_TOO ? 0 : value;
  });
}

function withoutOverlap(found: readonly Shift[]): Shift[] {
  const kept: Shift[] = [];
  for (const shift of [...found].sort((a, b) => b.gain - a.gain))
    if (!kept.some(({ from, to }) => from < shift.to && shift.from < to)) kept.push(shift);
  return kept.sort((a, b) => a.from - b.from);
}

function flag(context: RuleContext, hours: number, { from, to, gain }: Interval): Flag {
  const { perDay } = context.state;
  return flagOf(clockShiftRule, context, {
    from: from * perDay,
    to: to * perDay,
    confidence: confidenceOf(gain, PRICE - 2),
    evidence: { hours, nats: gain },
  });
}
