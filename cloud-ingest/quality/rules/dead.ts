import { logZeroChance } from "../expectation/negative-binomial.ts";
import { confidenceOf, type Flag, flagOf, type Rule, type RuleContext } from "../flag.ts";
import { type Run, runsOf } from "../scan/runs.ts";
import { CLOSED, ORDINARY, type SeriesState } from "../series-state.ts";

/** Nats: a chance of 1e-5 for a run; with some ten runs that could begin on a date it is the budget of 0.1 in 1,000 device-days. */
const PRICE = 11.5;
/** What is left of the traffic in the deepest shock: the lockdowns of 2020 left 5 % in a city's centre. All zero is deeper than that. */
const DEEPEST = 0.02;
/** A slot at the edge of a run belongs to it when a zero is rarer there than this. */
const EDGE_CHANCE = 0.2;

/**
 * No count where people were expected, by the negative binomial chance of the whole run and never of one hour alone. What the
 * siblings lost is taken off first; when all of them show zero, only what the deepest shock would have left is expected.
 */
export const deadRule: Rule = {
  name: "dead",
  version: 1,
  find: (context) => {
    const { values, isOut, expected } = context.state;
    const isSilent = (slot: number) =>
      isOut[slot] === 0 && (values[slot] === 0 || (Number.isNaN(values[slot]!) && !(expected[slot]! > 0)));
    return runsOf(values.length, isSilent).flatMap((run) => judge(context, run));
  },
};

function judge(context: RuleContext, whole: Run): Flag[] {
  const { state } = context;
  const run = trim(state, whole);
  if (run.to - run.from < (state.perDay > 1 ? 2 : 1)) return [];
  const evidence = -logZeroChance(hopeOf(state, run, movedBy), state.dispersion);
  const alone = -logZeroChance(
    hopeOf(state, run, () => 1),
    state.dispersion,
  );
  const numbers = { expected: hopeOf(state, run, movedBy), k: state.dispersion };
  if (evidence >= PRICE) {
    return [flagOf(deadRule, context, { ...run, confidence: confidenceOf(evidence, PRICE - 2), evidence: numbers })];
  }
  if (alone < PRICE) return [];
  if (isOutageOfAll(context, run)) {
    return [flagOf(deadRule, context, { ...run, confidence: confidenceOf(alone, PRICE), evidence: numbers })];
  }
  return [flagOf(deadRule, context, { ...run, kind: "explained", confidence: 0.5, evidence: numbers })];
}

/** True when another series is silent with it that no shock could silence: then it is the system, and no closed door. */
function isOutageOfAll({ state, all }: RuleContext, run: Run): boolean {
  return all.some((other) => {
    if (other === state) return false;
    const silent = hopeOf(other, run, deepest);
    return -logZeroChance(silent, other.dispersion) >= PRICE && !hasCount(other, run);
  });
}

const hasCount = ({ values }: SeriesState, { from, to }: Run) => values.subarray(from, to).some((value) => value > 0);

/** Part of its people that a date is expected to keep. */
type Kept = (state: SeriesState, day: number) => number;

/** People expected in the zeros of a run. */
function hopeOf(state: SeriesState, { from, to }: Run, kept: Kept): number {
  let sum = 0;
  for (let slot = from; slot < to; slot++) {
    const hope = state.expected[slot]!;
    if (hope > 0 && state.values[slot] === 0) sum += hope * kept(state, Math.floor(slot / state.perDay));
  }
  return sum;
}

const deepest: Kept = ({ calendar }, day) => (calendar[day] === CLOSED ? 0 : DEEPEST);

/** After what the siblings or the calendar say of a date. */
const movedBy: Kept = (state, day) => {
  if (state.calendar[day] !== ORDINARY) return deepest(state, day);
  return state.witnesses[day]! > 0 ? Math.max(DEEPEST, Math.min(1, Math.exp(state.common[day]!))) : 1;
};

/** Without the slots at its ends in which a zero is nothing special, such as the night before. */
function trim(state: SeriesState, { from, to }: Run): Run {
  const isPlain = (slot: number) => {
    const hope = state.expected[slot]!;
    return !(hope > 0) || state.values[slot] !== 0 || logZeroChance(hope, state.dispersion) > Math.log(EDGE_CHANCE);
  };
  let [first, end] = [from, to];
  while (first < end && isPlain(first)) first++;
  while (end > first && isPlain(end - 1)) end--;
  return { from: first, to: end };
}
