import { type Flag, flagOf, type Rule } from "../flag.ts";
import { runsOf } from "../scan/runs.ts";

/** Slots that came in more than one load. The latest load stands; who adds the loads up counts people twice. */
export const duplicateRule: Rule = {
  name: "duplicate",
  version: 1,
  find: (context) => {
    const loads = context.panel.loads?.[context.panel.names.indexOf(context.state.name)];
    if (!loads) return [];
    return runsOf(loads.length, (slot) => loads[slot]! > 1).map(
      ({ from, to }): Flag =>
        flagOf(duplicateRule, context, {
          from,
          to,
          isKept: true,
          confidence: 0.99,
          evidence: { loads: Math.max(...loads.subarray(from, to)) },
        }),
    );
  },
};
