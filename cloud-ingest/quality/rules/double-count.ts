import { confidenceOf, flagOf, type Rule } from "../flag.ts";
import { isDoubling, kindOf, levelsOf, slotsOf } from "./levels.ts";

const PRICE = 12;

/** A stable step to about twice the siblings: each person counted twice. */
export const doubleCountRule: Rule = {
  name: "double-count",
  version: 1,
  find: (context) =>
    levelsOf(context)
      .filter(isDoubling)
      .map((level) =>
        flagOf(doubleCountRule, context, {
          ...slotsOf(level, context.state.perDay),
          kind: kindOf(level, context),
          confidence: confidenceOf(level.gain, PRICE - 2),
          evidence: { ratio: Math.exp(level.size), own: Math.exp(level.own), nats: level.gain },
        }),
      ),
};
