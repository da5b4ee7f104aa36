import type { AlertRow } from "../../warehouse/alert-port.ts";
import type { Rule } from "../rules/rule-config.ts";
import type { Bilingual, Notification, ShownAlert, ShownReason } from "../sinks/sink.ts";
import { STATES } from "./machine.ts";
import { type EndReason, isSeverer, type Reason, type SubjectAlert, severest } from "./subject-alert.ts";
import type { Notify } from "./transition.ts";

/** Rules as they are now, by name, for their texts. */
export type RuleBook = ReadonlyMap<string, Rule>;

const both = (text: string): Bilingual => ({ en: text, ja: text });

/** A reason with its texts; of a rule that is there no more, its name. */
function shownReason({ rule: name, severity, data, state, sinceMs, findings }: Reason, rules: RuleBook): ShownReason {
  const rule = rules.get(name);
  return {
    ...{ rule: name, severity, state, findings, since: new Date(sinceMs).toISOString() },
    title: rule?.title ?? both(name),
    owner: rule?.owner ?? "operations",
    consequence: { ...(rule?.consequence ?? { kpis: [], text: both("") }), data },
    runbook: rule?.runbook ?? both(""),
  };
}

const sorted = (reasons: readonly Reason[]) =>
  [...reasons].sort((a, b) => Number(isSeverer(b.severity, a.severity)) - Number(isSeverer(a.severity, b.severity)));

/** An open alert as it is told. */
export function shownAlert(alert: SubjectAlert, rules: RuleBook): ShownAlert {
  const { alertId, subject, state, severity, sinceMs, reasons } = alert;
  const shown = sorted(reasons).map((reason) => shownReason(reason, rules));
  return { alertId, subject, state, severity, since: new Date(sinceMs).toISOString(), reasons: shown };
}

/** A transition of an alert as it is told. */
export function shownRow(row: AlertRow, rules: RuleBook): ShownAlert {
  const text = (field: string) => String(row[field] ?? "");
  const details: Partial<SubjectAlert> & { readonly ended?: EndReason } = JSON.parse(text("details") || "{}");
  const { severity = "info", told, reasons = [], ended } = details;
  return {
    alertId: text("alertId"),
    subject: { tenant: text("tenant"), store: text("store"), device: text("device") },
    state: STATES.find((one) => one === row.state) ?? "unknown",
    // What was once told to somebody goes on to him, however little is left of it.
    severity: severest([severity, told?.severity ?? severity]),
    since: text("since"),
    ...(row.until !== null && { until: text("until") }),
    ...(ended && { ended }),
    reasons: sorted(reasons).map((reason) => shownReason(reason, rules)),
  };
}

/** What is to be told by a transition; undefined when nobody is told. */
export function notificationOf(row: AlertRow, rules: RuleBook): Notification | undefined {
  const kind = NOTIFIES.find((one) => one === row.notify);
  if (!kind) return undefined;
  return {
    ...{ id: String(row.eventId), number: Number(row.number), at: String(row.at), kind },
    alert: shownRow(row, rules),
  };
}

const NOTIFIES: readonly Notify[] = ["firing", "update", "resolved"];
