import { sortedQuantile } from "../expectation/numbers.ts";
import { flagOf, type Rule } from "../flag.ts";
import { runsOf } from "../scan/runs.ts";

/** A fair on a quiet quay is 27 times its busiest ordinary hours; more, and a hundred people on top, is no crowd. */
const TIMES = 30;
const PEOPLE = 100;
/** People an hour of one counter: a 20 m wide passage at 1.4 persons a metre and second, the limit of a dense flow (Fruin, 1971). */
const MOST_PER_HOUR = 100_000;
const HOURS_OF_DAY = 24;

/** Values that no place can have: negative, not finite, or beyond any rate of this series or of any counter. */
export const impossibleRule: Rule = {
  name: "impossible",
  version: 1,
  find: (context) => {
    const { values, perDay } = context.state;
    const limit = Math.min(MOST_PER_HOUR * (HOURS_OF_DAY / perDay), usualMost(values));
    const isBad = (slot: number) => values[slot]! < 0 || values[slot]! > limit;
    return runsOf(values.length, isBad).map(({ from, to }) =>
      flagOf(impossibleRule, context, {
        from,
        to,
        confidence: 0.99,
        evidence: { value: finite(values[from]!), limit: finite(limit) },
      }),
    );
  },
};

function usualMost(values: Float64Array): number {
  const seen = values.filter((value) => value > 0 && value < Number.POSITIVE_INFINITY).sort();
  return seen.length === 0 ? Number.POSITIVE_INFINITY : TIMES * sortedQuantile(seen, 0.95) + PEOPLE;
}

const finite = (value: number) => Math.max(-Number.MAX_VALUE, Math.min(value, Number.MAX_VALUE));
