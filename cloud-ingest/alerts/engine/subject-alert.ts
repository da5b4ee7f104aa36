import type { Finding } from "../rules/judge.ts";
import { type Consequence, type Rule, SEVERITIES, type Severity } from "../rules/rule-config.ts";
import type { Machine, State } from "./machine.ts";
import type { Subject } from "./subject.ts";

/** A rule that stands against a subject. */
export interface Reason {
  readonly rule: string;
  readonly version: string;
  readonly severity: Severity;
  readonly data: Consequence["data"];
  readonly state: State;
  readonly sinceMs: number;
  readonly findings: readonly Finding[];
}

/** What was told of it last. */
export interface Told {
  readonly atMs: number;
  readonly severity: Severity;
  readonly rules: readonly string[];
}

/** Everything that is wrong with one subject: one alert, however many rules stand against it. */
export interface SubjectAlert {
  readonly alertId: string;
  readonly subject: Subject;
  readonly state: Extract<State, "firing" | "recovering" | "flapping" | "unknown" | "muted">;
  readonly openedMs: number;
  /** The first bad evidence of the reasons that it has or had. */
  readonly sinceMs: number;
  readonly severity: Severity;
  readonly reasons: readonly Reason[];
  readonly told?: Told;
  /** Why nobody is told at present. */
  readonly muted?: string;
  /** Told not before then, ms: what silenced it may have ended a moment before it does. */
  readonly heldMs: number;
}

/** Why an alert has ended. */
export type EndReason = "recovered" | "closed" | "removed";

const MOST_FINDINGS = 5;

export function reasonOf(rule: Rule, machine: Machine): Reason {
  return {
    ...{ rule: rule.name, version: rule.version, severity: rule.severity, data: rule.consequence.data },
    ...{ state: machine.state, sinceMs: machine.sinceMs ?? machine.stampMs },
    findings: machine.findings.slice(0, MOST_FINDINGS),
  };
}

export const severest = (severities: readonly Severity[]): Severity =>
  SEVERITIES.findLast((one) => severities.includes(one)) ?? "info";

export const isSeverer = (a: Severity, b: Severity) => SEVERITIES.indexOf(a) > SEVERITIES.indexOf(b);

/** The state of an alert whose reasons are these. */
export function stateOf(reasons: readonly Reason[]): SubjectAlert["state"] {
  const all = (...states: State[]) => reasons.every(({ state }) => states.includes(state));
  if (reasons.some(({ state }) => state === "flapping")) return "flapping";
  if (all("unknown", "muted")) return all("muted") ? "muted" : "unknown";
  return all("recovering", "unknown", "muted") ? "recovering" : "firing";
}
