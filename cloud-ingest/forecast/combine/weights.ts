import { isWitness, type PastOrigin } from "./evidence.ts";
import { GROUPS, groupOf } from "./horizon-group.ts";

/** Mean absolute errors by group and member, and how many origins vouch for a group. */
export interface MemberErrors {
  readonly mae: readonly Float64Array[];
  readonly origins: Float64Array;
}

/** Days after which the evidence of an origin counts half. */
const HALF_LIFE = 112;
/** Weight ~ error ^ -SHARPNESS: 2 is the inverse variance of Bates and Granger (1969). */
const SHARPNESS = 10;
/** Origins that the evidence of all series together is worth beside a series' own. */
const POOLED = 6;
/** Seasonal naive repeats the noise of one week, which others average out: it counts where it is clearly better. */
const FLOOR = 0.3;
/** Part that is shared out equally among all but the floor, whatever the evidence: estimated weights overfit (Claeskens et al. 2016). */
const EQUAL = 0.3;

/** How wrong each member was for one series. `truth` is by date from the first of the history on, NaN where not known. */
export function memberErrors(
  past: readonly PastOrigin[],
  truth: Float64Array,
  by: { series: number; now: number },
): MemberErrors {
  const members = past[0]?.predictions.length ?? 0;
  const sums = Array.from({ length: GROUPS }, () => new Float64Array(members));
  const totals = new Float64Array(GROUPS);
  const origins = new Float64Array(GROUPS);
  for (const one of past) {
    const { origin, predictions } = one;
    if (!isWitness(one, by.series, truth)) continue;
    const weight = 0.5 ** ((by.now - origin) / HALF_LIFE);
    const seen = new Uint8Array(GROUPS);
    for (let h = 0; h < (predictions[0]?.[by.series]?.length ?? 0) && origin + h < by.now; h++) {
      const value = truth[origin + h]!;
      if (Number.isNaN(value)) continue;
      const group = groupOf(h);
      seen[group] = 1;
      totals[group]! += weight;
      for (let m = 0; m < members; m++) sums[group]![m]! += weight * Math.abs(value - predictions[m]![by.series]![h]!);
    }
    for (let group = 0; group < GROUPS; group++) origins[group]! += seen[group]!;
  }
  return { mae: sums.map((sum, group) => sum.map((value) => value / totals[group]!)), origins };
}

/** Log errors relative to their mean over members, averaged over series: what is worth knowing where one series says little. */
export function pooledErrors(all: readonly MemberErrors[], members: number): readonly Float64Array[] {
  return Array.from({ length: GROUPS }, (_, group) => {
    const sums = new Float64Array(members);
    let count = 0;
    for (const { mae, origins } of all) {
      const relative = relativeLog(mae[group]!);
      if (!(origins[group]! > 0) || !relative) continue;
      count++;
      for (let m = 0; m < members; m++) sums[m]! += relative[m]!;
    }
    return sums.map((sum) => (count > 0 ? sum / count : 0));
  });
}

/** Weights by group and member of one series; a group without evidence takes those of the group before. `optional` says of which members nothing is believed without evidence. */
export function weightsOf(
  own: MemberErrors,
  pooled: readonly Float64Array[],
  optional: readonly boolean[] = [],
): number[][] {
  const members = pooled[0]?.length ?? 0;
  const sharing = members - 1 - optional.filter(Boolean).length;
  const weights: number[][] = [];
  for (let group = 0; group < GROUPS; group++) {
    const n = own.origins[group]!;
    const relative = n > 0 ? relativeLog(own.mae[group]!) : undefined;
    const known = relative !== undefined || pooled[group]!.some((value) => value !== 0);
    if (!known && group > 0) {
      weights.push(weights[group - 1]!);
      continue;
    }
    const mixed = Float64Array.from({ length: members }, (_, m) =>
      relative ? (n * relative[m]! + POOLED * pooled[group]![m]!) / (n + POOLED) : pooled[group]![m]!,
    );
    const raw = mixed.map((value, m) =>
      !known && optional[m] ? 0 : (m > 0 ? 1 : FLOOR) * Math.exp(-SHARPNESS * value),
    );
    const equal = (m: number) => {
      if (members === 1) return EQUAL;
      return m > 0 && !optional[m] ? EQUAL / sharing : 0;
    };
    const total = raw.reduce((sum, value) => sum + value, 0);
    weights.push(Array.from(raw, (value, m) => (1 - EQUAL) * (value / total) + equal(m)));
  }
  return weights;
}

function relativeLog(mae: Float64Array): Float64Array | undefined {
  const positive = mae.filter((value) => value > 0 && Number.isFinite(value));
  if (positive.length < mae.length) return undefined;
  const logs = mae.map(Math.log);
  const mean = logs.reduce((sum, value) => sum + value, 0) / logs.length;
  return logs.map((value) => value - mean);
}
