import { subjectText } from "../engine/subject.ts";
import { bodyText, headline, kpisOf, reasonText } from "./alert-text.ts";
import { groupOf } from "./alertmanager-object.ts";
import { callHttp, type HttpTarget } from "./http-call.ts";
import type { Change, Language, Notification, Sink } from "./sink.ts";

// Events API v2, https://developer.pagerduty.com/docs/events-api-v2/overview/
const MOST_SUMMARY = 1_024;
const MOST_BODY_BYTES = 512 * 1_024;

export interface PagerDutyParts extends Omit<HttpTarget, "url"> {
  /** Of the service; another one is for tests and for the service region EU. */
  readonly url: string;
  readonly routingKey: string;
  readonly language: Language;
}

/** One incident for each alert: `dedup_key` is the alert's id, so that what comes twice is one. */
export class PagerDutySink implements Sink {
  readonly atOnce = 1;
  readonly #parts: PagerDutyParts;

  constructor(parts: PagerDutyParts) {
    this.#parts = parts;
  }

  async deliver(notifications: readonly Notification[], signal: AbortSignal): Promise<void> {
    for (const notification of notifications) await this.#post("/v2/enqueue", this.#event(notification), signal);
  }

  /** Shown beside incidents; wakes nobody. */
  async change({ at, summary, details }: Change, signal: AbortSignal): Promise<void> {
    const payload = {
      summary: summary.slice(0, MOST_SUMMARY),
      timestamp: at,
      source: "kazoe",
      custom_details: details,
    };
    const { routingKey } = this.#parts;
    await this.#post("/v2/change/enqueue", JSON.stringify({ routing_key: routingKey, payload }), signal);
  }

  #event({ id, kind, alert, at }: Notification): string {
    const { routingKey, language } = this.#parts;
    const base = { routing_key: routingKey, dedup_key: `kazoe-${alert.alertId}` };
    if (kind === "resolved") return JSON.stringify({ ...base, event_action: "resolve" });
    const { subject, severity, since, reasons } = alert;
    const payload = {
      summary: [...headline({ kind, alert }, language)].slice(0, MOST_SUMMARY).join(""),
      source: subjectText(subject),
      severity,
      timestamp: since,
      component: subject.device || undefined,
      group: groupOf(alert),
      class: reasons.map(({ rule }) => rule).join(","),
    };
    const details = {
      notification_id: id,
      told_at: at,
      kpis: kpisOf(alert),
      reasons: reasons.map((reason) => reasonText(reason, language)),
      text: bodyText({ kind, alert }, language),
    };
    const event = (custom_details: object) =>
      JSON.stringify({ ...base, event_action: "trigger", payload: { ...payload, custom_details } });
    return trimmed(event, details);
  }

  async #post(path: string, body: string, signal: AbortSignal): Promise<void> {
    const { url, ...target } = this.#parts;
    await callHttp(
      { ...target, url: `${url}${path}` },
      { headers: { "Content-Type": "application/json" }, body },
      signal,
    );
  }
}

/** What is too long loses its details, the longest first: the summary says what matters. */
function trimmed(
  event: (details: object) => string,
  details: { readonly text: string; readonly notification_id: string },
): string {
  const whole = event(details);
  if (Buffer.byteLength(whole) <= MOST_BODY_BYTES) return whole;
  const { text: _, ...rest } = details;
  const shorter = event({ ...rest, trimmed: true });
  return Buffer.byteLength(shorter) <= MOST_BODY_BYTES
    ? shorter
    : event({ notification_id: details.notification_id, trimmed: true });
}
