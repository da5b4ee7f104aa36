import { confidenceOf, flagOf, type Rule } from "../flag.ts";
import { isDoubling, levelsOf, slotsOf } from "./levels.ts";

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
          // More people than foretold is an event: no fault of a counter but counting twice adds any.
          kind: level.size < 0 ? "device" : "explained",
          confidence: confidenceOf(level.gain, PRICE - 2),
          evidence: { ratio: Math.exp(level.size), own: Math.exp(level.own), nats: level.gain },
        }),
      ),
};
