import { median } from "../expectation/numbers.ts";
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
  const { state, all } = context;
  const sigma = state.perDay === 1 ? median(state.sigma) : Number.NaN;
  const flags: Flag[] = [];
  for (let slot = 0; slot < state.isOut.length; slot++) {
    const outage = [slot - 1, slot + 1].find((beside) => isOutage(state, beside));
    if (outage === undefined || state.isOut[slot] === 1 || !(state.values[slot]! > 0)) continue;
    // Siblings that went silent with it came back with it: what they lost on this date is no measure.
    const isShared = state.siblings.some((index) => isOutage(all[index]!, outage));
    flags.push(...judge(context, { slot, isShared, sigma }));
  }
  return flags;
}

const isOutage = ({ isOut, values }: SeriesState, slot: number) => isOut[slot] === 1 && !(values[slot]! > 0);

interface Edge {
  readonly slot: number;
  readonly isShared: boolean;
  /** Of the log ratio of a date; NaN for hours. */
  readonly sigma: number;
}

function judge(context: RuleContext, { slot, isShared, sigma }: Edge): Flag[] {
  const { expected, values, common, perDay, dispersion } = context.state;
  const moved = isShared ? 1 : Math.min(1, Math.exp(common[Math.floor(slot / perDay)]!));
  const hope = expected[slot]! * moved;
  const value = values[slot]!;
  const byCount = (hope - value) / Math.sqrt(hope + hope ** 2 / Math.max(dispersion, 10));
  const sigmas = sigma > 0 ? Math.log(hope / value) / sigma : byCount;
  const isLow = value < LOW * hope && (sigmas > SIGMAS || (value < hope / 2 && hope > 20));
  if (!isLow) return [];
  const confidence = confidenceOf(sigmas ** 2 / 2, PRIOR);
  return [flagOf(partialRule, context, { from: slot, to: slot + 1, confidence, evidence: { expected: hope, sigmas } })];
}
