import { scopeOf, subjectText } from "../engine/subject.ts";
import { bodyText, headline, kpisOf, worstReason } from "./alert-text.ts";
import type { Language, Notification, ShownAlert } from "./sink.ts";

/**
 * Labels are the identity: what changes while an alert stands, its severity too, is an annotation. A part that a subject has not is
 * left out, never empty: to Alertmanager's inhibition a missing label equals an empty one. Letters of version 0.25.
 */
export function labelsOf({ subject }: Pick<ShownAlert, "subject">): Readonly<Record<string, string>> {
  const { tenant, store, device } = subject;
  const scope = scopeOf(subject);
  const parts = Object.entries({ tenant, store, device }).filter(([, value]) => value !== "");
  return {
    alertname: { system: "KazoeSystem", store: "KazoeStore", device: "KazoeDevice" }[scope],
    ...Object.fromEntries(parts),
  };
}

export function annotationsOf(
  alert: ShownAlert,
  language: Language,
  kind: Notification["kind"] = "firing",
): Readonly<Record<string, string>> {
  const worst = worstReason(alert);
  return {
    summary: headline({ kind, alert }, language),
    description: bodyText({ kind, alert }, language),
    severity: alert.severity,
    state: alert.state,
    data: worst?.consequence.data ?? "none",
    kpis: kpisOf(alert).join(", "),
    rules: alert.reasons.map(({ rule }) => rule).join(", "),
    owner: [...new Set(alert.reasons.map(({ owner }) => owner))].join(", "),
    alert_id: alert.alertId,
  };
}

/** `acme/ginza`: what notifications are grouped by. */
export const groupOf = ({ subject: { tenant, store } }: Pick<ShownAlert, "subject">) =>
  subjectText({ tenant, store, device: "" });
