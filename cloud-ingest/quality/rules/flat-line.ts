import { logChance } from "../expectation/negative-binomial.ts";
import { confidenceOf, type Flag, flagOf, type Rule, type RuleContext } from "../flag.ts";
import { type Run, runsOf } from "../scan/runs.ts";
import type { SeriesState } from "../series-state.ts";

/** Nats, as of a dead counter. */
const PRICE = 11.5;
/** Where the expectation fails, a value is still one of many. */
const RAREST = 1e-4;
/** A date may be so many times busier or quieter than expected without any fault. */
const SWING = 3;

/**
 * The same value again and again. Evidence is the negative binomial chance of drawing just this value in each slot, but never below
 * what the series' own equal neighbours show (rounded or small counts repeat by themselves). The first value was a real one.
 */
export const flatLineRule: Rule = {
  name: "flat-line",
  version: 1,
  find: (context) => {
    const { values, isOut } = context.state;
    const isAgain = (slot: number) =>
      slot > 0 && values[slot]! > 0 && values[slot] === values[slot - 1] && isOut[slot] === 0;
    const runs = runsOf(values.length, isAgain);
    const usual = tieShare(context.state, runs);
    return runs.flatMap((run) => judge(context, run, usual));
  },
};

function judge(context: RuleContext, run: Run, usual: number): Flag[] {
  const { state } = context;
  let evidence = 0;
  for (let slot = run.from; slot < run.to; slot++) {
    evidence -= Math.log(Math.max(RAREST, usual, chanceOf(state, slot)));
  }
  if (evidence < PRICE) return [];
  const numbers = { value: state.values[run.from]!, slots: run.to - run.from, nats: evidence };
  return [flagOf(flatLineRule, context, { ...run, confidence: confidenceOf(evidence, PRICE - 2), evidence: numbers })];
}

/** The best chance of the value that any level of the date within `SWING` of the expected one gives. */
function chanceOf({ values, expected, dispersion }: SeriesState, slot: number): number {
  const value = values[slot]!;
  const hope = expected[slot]!;
  const mean = hope > 0 ? Math.max(hope / SWING, Math.min(value, hope * SWING)) : value;
  return Math.min(1, Math.exp(logChance(Math.round(value), mean, dispersion)));
}

/** How often a value of this series is that of the slot before, of beginnings of runs alone: a stuck month counts once. */
function tieShare({ values }: SeriesState, runs: readonly Run[]): number {
  const seen = values.reduce((count, value) => count + (value > 0 ? 1 : 0), 0);
  return seen < 50 ? 0 : runs.length / seen;
}
