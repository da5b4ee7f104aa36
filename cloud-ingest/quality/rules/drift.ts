import { confidenceOf, flagOf, type Rule } from "../flag.ts";
import { kindOf, levelsOf, slotsOf } from "./levels.ts";

const PRICE = 12;

/** A ratio to the siblings that leaves 0 by the same part each day: a dirty lens, a slowly tilting camera. */
export const driftRule: Rule = {
  name: "drift",
  version: 1,
  find: (context) =>
    levelsOf(context)
      .filter(({ shape }) => shape === "ramp")
      .map((level) =>
        flagOf(driftRule, context, {
          ...slotsOf(level, context.state.perDay),
          kind: kindOf(level, context),
          confidence: confidenceOf(level.gain, PRICE - 2),
          evidence: { perDay: Math.expm1(level.size), nats: level.gain },
        }),
      ),
};
