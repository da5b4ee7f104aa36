import { confidenceOf, type Flag, flagOf, type Rule, type RuleContext } from "../flag.ts";
import { runsOf } from "../scan/runs.ts";
import type { SeriesState } from "../series-state.ts";

/** A slot that was watched for less than this part of its time. */
const WATCHED = 0.9;
/** Beside an outage a slot below this part of what is expected was counted for a part of its time only. */
const LOW = 0.75;
/** Standard deviations by which such a slot must be low as well. */
const SIGMAS = 2.5;
const PRIOR = 2;

/** Slots of which a device saw only a part: by the coverage that it reports, or low at the edge of an outage. */
export const partialRule: Rule = {
  name: "partial",
  version: 1,
  find: (context) => [...byCoverage(context), ...besideOutages(context)],
};

function byCoverage(context: RuleContext): Flag[] {
  const { panel, state } = context;
  const coverage = panel.coverage?.[panel.names.indexOf(state.name)];
  if (!coverage) return [];
  return runsOf(coverage.length, (slot) => coverage[slot]! < WATCHED && state.isOut[slot] === 0).map(({ from, to }) =>
    flagOf(partialRule, context, {
      from,
      to,
      confidence: 0.99,
      evidence: { coverage: Math.min(...coverage.subarray(from, to)) },
    }),
  );
}

function besideOutages(context: RuleContext): Flag[] {
  const { isOut, values } = context.state;
  const flags: Flag[] = [];
  for (let slot = 0; slot < isOut.length; slot++) {
    const isBeside = isOutage(context.state, slot - 1) || isOutage(context.state, slot + 1);
    if (isOut[slot] === 0 && values[slot]! > 0 && isBeside) flags.push(...judge(context, slot));
  }
  return flags;
}

const isOutage = ({ isOut, values }: SeriesState, slot: number) => isOut[slot] === 1 && !(values[slot]! > 0);

function judge(context: RuleContext, slot: number): Flag[] {
  const { expected, values, common, perDay, dispersion } = context.state;
  const hope = expected[slot]! * Math.min(1, Math.exp(common[Math.floor(slot / perDay)]!));
  const sigmas = (hope - values[slot]!) / Math.sqrt(hope + hope ** 2 / Math.max(dispersion, 10));
  const isLow = values[slot]! < LOW * hope && (sigmas > SIGMAS || (values[slot]! < hope / 2 && hope > 20));
  if (!isLow) return [];
  const confidence = confidenceOf(sigmas ** 2 / 2, PRIOR);
  return [flagOf(partialRule, context, { from: slot, to: slot + 1, confidence, evidence: { expected: hope, sigmas } })];
}
