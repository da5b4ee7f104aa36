import { madSigma } from "../expectation/numbers.ts";
import { flagOf, type Rule } from "../flag.ts";
import { runsOf } from "../scan/runs.ts";
import { ORDINARY } from "../series-state.ts";

/** Standard deviations of the common movement from which it is a shock. */
const SIGMAS = 4;
const LEAST_WITNESSES = 2;

/** Dates on which the siblings moved together, far beyond their habit: storm, strike, lockdown, festival. No device's fault. */
export const shockRule: Rule = {
  name: "shock",
  version: 1,
  find: (context) => {
    const { common, own, witnesses, calendar, perDay, days } = context.state;
    const sigma = madSigma(common);
    const isShock = (day: number) =>
      calendar[day] === ORDINARY &&
      witnesses[day]! >= LEAST_WITNESSES &&
      Math.abs(common[day]!) > SIGMAS * sigma &&
      common[day]! * own[day]! > 0;
    if (!(sigma > 0)) return [];
    return runsOf(days, isShock).map(({ from, to }) =>
      flagOf(shockRule, context, {
        from: from * perDay,
        to: to * perDay,
        kind: "explained",
        confidence: 0.9,
        evidence: { siblings: Math.exp(common[from]!), sigmas: common[from]! / sigma },
      }),
    );
  },
};
