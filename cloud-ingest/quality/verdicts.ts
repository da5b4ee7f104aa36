import type { Flag } from "./flag.ts";
import type { Panel } from "./panel.ts";

/** By series, one byte a slot. */
export type Verdicts = readonly (Int8Array | undefined)[];

/** What a person can say of a slot: nothing, that the count is not to be believed, that it is. */
export const VERDICT = { none: 0, confirm: 1, overrule: -1 } as const;

/** The rule that stands in flags which a person set. */
export const WORD_RULE = { name: "person", version: 1 };

/** What was found, and which slots are missing or not believed. */
export interface Judged {
  readonly flags: readonly Flag[];
  readonly isMissing: readonly Uint8Array[];
}

/** The judgement with the word of people over it: what is overruled is counted as it came, what is confirmed is not believed. */
export function withVerdicts(panel: Panel, judged: Judged, verdicts: Verdicts): Judged {
  if (verdicts.every((one) => one === undefined)) return judged;
  const index = new Map(panel.names.map((name, at) => [name, at]));
  const isMissing = judged.isMissing.map((missing, series) =>
    afterWords(missing, panel.values[series], verdicts[series]),
  );
  const kept = judged.flags.flatMap((flag) => leftOf(flag, verdicts[index.get(flag.series) ?? -1]));
  const said = panel.names.flatMap((name, series) => flagsOf(name, verdicts[series]));
  return { flags: [...kept, ...said], isMissing };
}

function afterWords(missing: Uint8Array, values: Float64Array | undefined, said: Int8Array | undefined): Uint8Array {
  if (!said) return missing;
  return missing.map((one, slot) => {
    if (said[slot] === VERDICT.confirm) return 1;
    return said[slot] === VERDICT.overrule && (values?.[slot] ?? Number.NaN) >= 0 ? 0 : one;
  });
}

/** What is left of a flag where nobody said anything. */
function leftOf(flag: Flag, said: Int8Array | undefined): readonly Flag[] {
  if (!said || flag.kind !== "device") return [flag];
  return stretchesOf(said, VERDICT.none, flag.from, flag.to).map(([from, to]) => ({ ...flag, from, to }));
}

function flagsOf(series: string, said: Int8Array | undefined): readonly Flag[] {
  if (!said) return [];
  const about = { series, rule: WORD_RULE.name, version: WORD_RULE.version, confidence: 1, evidence: {} };
  return stretchesOf(said, VERDICT.confirm, 0, said.length).map(([from, to]) => ({
    ...about,
    kind: "device",
    from,
    to,
  }));
}

/** Stretches of slots with one value, `[from, to)`. */
function stretchesOf(said: Int8Array, value: number, from: number, to: number): readonly (readonly [number, number])[] {
  const stretches: [number, number][] = [];
  for (let slot = from; slot < to; slot++) {
    if (said[slot] !== value) continue;
    const last = stretches.at(-1);
    if (last && last[1] === slot) last[1] = slot + 1;
    else stretches.push([slot, slot + 1]);
  }
  return stretches;
}
