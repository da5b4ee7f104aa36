import type { AlertRow } from "../../warehouse/alert-port.ts";
import type { SubjectAlert } from "./subject-alert.ts";
import type { Words } from "./words.ts";

/** How good a rule's alerts were. */
export interface RuleQuality {
  readonly rule: string;
  /** Alerts that were told with it among their reasons. */
  readonly alerts: number;
  /** Of these, how many somebody said anything of. */
  readonly actedOn: number;
  /** Acknowledged ones of all that were judged: the rest were false, or their shop closed. Null while nobody has judged any. */
  readonly precision: number | null;
  /** Hours from the first bad evidence to the first message, the middle one. */
  readonly hoursToDetect: number | null;
}

interface Seen {
  readonly rules: readonly string[];
  readonly hours: number;
  readonly verdict: "true" | "false" | "none";
}

/** Of the transitions of alerts in a span, and what people said of them. Best looked at each quarter: retire what nobody acts on. */
export function alertQuality(rows: readonly AlertRow[], words: Words): readonly RuleQuality[] {
  const seen = new Map<string, Seen>();
  for (const row of rows) {
    if (row.rule !== "" || row.notify !== "firing") continue;
    const alertId = String(row.alertId);
    const { reasons = [] }: Partial<SubjectAlert> = JSON.parse(String(row.details ?? "{}"));
    const word = words.lastOf(alertId, ["ack", "false", "closed"])?.word;
    seen.set(alertId, {
      rules: reasons.map(({ rule }) => rule),
      hours: (Date.parse(String(row.at)) - Date.parse(String(row.since))) / 3_600_000,
      verdict: word === undefined ? "none" : word === "ack" ? "true" : "false",
    });
  }
  const names = new Set([...seen.values()].flatMap(({ rules }) => rules));
  return [...names].sort().map((rule) =>
    qualityOf(
      rule,
      [...seen.values()].filter(({ rules }) => rules.includes(rule)),
    ),
  );
}

function qualityOf(rule: string, own: readonly Seen[]): RuleQuality {
  const count = (verdict: Seen["verdict"]) => own.filter((one) => one.verdict === verdict).length;
  const judged = count("true") + count("false");
  const hours = own.map((one) => one.hours).sort((a, b) => a - b);
  return {
    ...{ rule, alerts: own.length, actedOn: judged },
    precision: judged === 0 ? null : count("true") / judged,
    hoursToDetect: hours[Math.floor((hours.length - 1) / 2)] ?? null,
  };
}
