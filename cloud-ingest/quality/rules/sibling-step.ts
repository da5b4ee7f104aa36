import { confidenceOf, flagOf, type Rule } from "../flag.ts";
import { isDoubling, kindOf, levelsOf, slotsOf } from "./levels.ts";

const PRICE = 12;

/** A series that falls away from its siblings and from itself and stays there, as a half blocked camera does. */
export const siblingStepRule: Rule = {
  name: "sibling-step",
  version: 1,
  find: (context) =>
    levelsOf(context)
      .filter((level) => level.shape === "step" && !isDoubling(level))
      .map((level) =>
        flagOf(siblingStepRule, context, {
          ...slotsOf(level, context.state.perDay),
          kind: kindOf(level, context),
          confidence: confidenceOf(level.gain, PRICE - 2),
          evidence: { ratio: Math.exp(level.size), own: Math.exp(level.own), nats: level.gain },
        }),
      ),
};
