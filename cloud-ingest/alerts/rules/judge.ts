import type { Rule, Test } from "./rule-config.ts";
import type { Measure, Measured, SignalName, Value } from "./signals.ts";

/** A value that made a rule bad. */
export interface Finding {
  readonly signal: SignalName;
  readonly value: number | string;
  readonly of?: string;
}

/** What a rule says at a look: `unknown` when the evidence does not decide it. */
export interface Judgement {
  readonly verdict: "good" | "bad" | "unknown";
  /** Of the evidence, ms since the epoch. */
  readonly stampMs: number;
  /** Since when it has been bad, at the latest. */
  readonly sinceMs: number;
  readonly findings: readonly Finding[];
}

export const UNKNOWN: Judgement = { verdict: "unknown", stampMs: 0, sinceMs: 0, findings: [] };

/**
 * Judges a subject by a rule. `any` is bad with one bad test, and good only when all are; `all` is good with one good test, and bad only
 * when all are: what is not known is never taken for either.
 */
export function judge({ when }: Pick<Rule, "when">, measure: Measure): Judgement {
  const one = (test: Test) => judgeTest(test, measure(test.signal));
  const { any, all } = when;
  if (any) return joined(any.map(one), { first: "bad", other: "good" });
  return joined((all ?? []).map(one), { first: "good", other: "bad" });
}

function joined(
  found: readonly Judgement[],
  { first, other }: { readonly first: "good" | "bad"; readonly other: "good" | "bad" },
): Judgement {
  const deciding = found.filter(({ verdict }) => verdict === first);
  if (deciding.length > 0) return together(first, deciding);
  return found.length > 0 && found.every(({ verdict }) => verdict === other) ? together(other, found) : UNKNOWN;
}

/** Bad since the first of them where one is enough, and the newest evidence counts. */
function together(verdict: "good" | "bad", found: readonly Judgement[]): Judgement {
  return {
    verdict,
    stampMs: Math.max(...found.map(({ stampMs }) => stampMs)),
    sinceMs: Math.min(...found.map(({ sinceMs }) => sinceMs)),
    findings: found.flatMap(({ findings }) => findings),
  };
}

function judgeTest(test: Test, measured: Measured | undefined): Judgement {
  if (!measured) return UNKNOWN;
  const { values, stampMs, sinceMs = stampMs } = measured;
  const verdicts = values.map((value) => verdictOf(test, value));
  const bad = values.filter((_, index) => verdicts[index] === "bad");
  if (bad.length > 0) {
    const findings = bad.map(({ value, of }) => ({ signal: test.signal, value, ...(of !== undefined && { of }) }));
    return { verdict: "bad", stampMs, sinceMs, findings };
  }
  // No flag at all is good news of a signal that has been looked at; a word that says nothing is none.
  return verdicts.includes("unknown") ? UNKNOWN : { verdict: "good", stampMs, sinceMs: stampMs, findings: [] };
}

function verdictOf({ above, below, is, isNot, unsure }: Test, { value, most }: Value): Judgement["verdict"] {
  if (typeof value === "string") {
    if (unsure?.includes(value)) return "unknown";
    return (is?.includes(value) ?? !isNot?.includes(value)) ? "bad" : "good";
  }
  const high = most ?? value;
  if (above !== undefined) return value > above ? "bad" : high > above ? "unknown" : "good";
  if (below !== undefined) return high < below ? "bad" : value < below ? "unknown" : "good";
  return "unknown";
}
