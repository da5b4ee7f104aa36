import { confidenceOf, flagOf, type Rule, type RuleContext } from "../flag.ts";
import { bestIntervals } from "../scan/partition.ts";
import { profileEvidence } from "../scan/profile-evidence.ts";
import { ORDINARY, type SeriesState } from "../series-state.ts";

const PRICE = 12;
const LONGEST = 200;
const MIN_PEOPLE = 20;

/** Both directions of a line changed places: by the hours in which people come and go (a day's sum hardly tells). */
export const reversedLineRule: Rule = {
  name: "reversed-line",
  version: 1,
  find: (context) => {
    const { state, all } = context;
    const partner = all[state.partner];
    if (!partner || partner.perDay !== state.perDay) return [];
    const nats = swapEvidence(state, partner);
    const sum = new Float64Array(nats.length + 1);
    nats.forEach((value, day) => {
      sum[day + 1] = sum[day]! + (state.calendar[day] === ORDINARY && !Number.isNaN(value) ? value : 0);
    });
    return bestIntervals(nats.length, { longest: LONGEST, price: PRICE }, (from, to) => sum[to]! - sum[from]!).map(
      ({ from, to, gain }) => flag(context, { from, to, gain }),
    );
  },
};

function flag(context: RuleContext, { from, to, gain }: { from: number; to: number; gain: number }) {
  const { perDay } = context.state;
  const slots = { from: from * perDay, to: to * perDay };
  return flagOf(reversedLineRule, context, {
    ...slots,
    confidence: confidenceOf(gain, PRICE - 2),
    evidence: { nats: gain },
  });
}

function swapEvidence(a: SeriesState, b: SeriesState): Float64Array {
  const { perDay, days } = a;
  const cells = 2 * perDay;
  const source = Int32Array.from({ length: cells }, (_, cell) => (cell + perDay) % cells);
  const seen = sharesOf(a, b, (state, slot) => seenAt(state, slot), MIN_PEOPLE);
  const usual = sharesOf(a, b, (state, slot) => state.expected[slot]! || 0, 0);
  const isOrdinary = Uint8Array.from(a.calendar, (code, day) => (code === ORDINARY && a.isDoubted[day] === 0 ? 1 : 0));
  return profileEvidence({ cells, days, seen, usual, source, isOrdinary });
}

/** A value that may be believed; an hour that looks dead stays, as one that changed places does. 0 in an hour that is always closed. */
function seenAt({ values, isOut, expected }: SeriesState, slot: number): number {
  if (isOut[slot] === 1 && values[slot] !== 0) return Number.NaN;
  return Number.isNaN(values[slot]!) && Number.isNaN(expected[slot]!) ? 0 : values[slot]!;
}

/** By date, the shares of both directions' hours in one sum. */
function sharesOf(
  a: SeriesState,
  b: SeriesState,
  peopleAt: (state: SeriesState, slot: number) => number,
  least: number,
): Float64Array {
  const { perDay, days } = a;
  const shares = new Float64Array(days * 2 * perDay);
  for (let day = 0; day < days; day++) {
    let sum = 0;
    for (let slot = day * perDay; slot < (day + 1) * perDay; slot++) sum += peopleAt(a, slot) + peopleAt(b, slot);
    const scale = sum > 0 && sum >= least ? 1 / sum : Number.NaN;
    for (let hour = 0; hour < perDay; hour++) {
      shares[day * 2 * perDay + hour] = peopleAt(a, day * perDay + hour) * scale;
      shares[(day * 2 + 1) * perDay + hour] = peopleAt(b, day * perDay + hour) * scale;
    }
  }
  return shares;
}
