import { createHash } from "node:crypto";
import { annotationsOf, groupOf, labelsOf } from "./alertmanager-object.ts";
import { callHttp, type HttpTarget } from "./http-call.ts";
import { signatureOf } from "./signature.ts";
import type { Language, Notification, Sink } from "./sink.ts";

/** The end of what has not ended. */
const NEVER = "0001-01-01T00:00:00Z";

export interface WebhookV4Parts extends HttpTarget {
  readonly name: string;
  readonly secret: string;
  readonly language: Language;
  readonly nowMs: () => number;
}

/** The body of Alertmanager's webhook, version 4, signed as our own; receivers of either understand it. */
export class WebhookV4Sink implements Sink {
  readonly atOnce = 50;
  readonly #parts: WebhookV4Parts;

  constructor(parts: WebhookV4Parts) {
    this.#parts = parts;
  }

  async deliver(notifications: readonly Notification[], signal: AbortSignal): Promise<void> {
    const { secret, nowMs } = this.#parts;
    const body = JSON.stringify(this.#body(notifications));
    const headers = {
      "Content-Type": "application/json",
      "Kazoe-Signature": signatureOf(body, secret, nowMs()),
      // The same for the same notifications: who has seen it has had them.
      "Idempotency-Key": hashOf(notifications.map(({ id }) => id).join(" ")),
    };
    await callHttp(this.#parts, { headers, body }, signal);
  }

  #body(notifications: readonly Notification[]): object {
    const { name, language } = this.#parts;
    const alerts = notifications.map(({ id, kind, alert }) => ({
      status: kind === "resolved" ? "resolved" : "firing",
      labels: labelsOf(alert),
      annotations: { ...annotationsOf(alert, language, kind), notification_id: id },
      startsAt: alert.since,
      endsAt: kind === "resolved" ? (alert.until ?? alert.since) : NEVER,
      generatorURL: "",
      fingerprint: hashOf(JSON.stringify(labelsOf(alert))).slice(0, 16),
    }));
    const [first] = notifications;
    const { alertname, device, ...groupLabels } = first ? labelsOf(first.alert) : {};
    return {
      ...{
        version: "4",
        groupKey: first ? groupOf(first.alert) : "",
        truncatedAlerts: 0,
        receiver: name,
        externalURL: "",
      },
      status: alerts.some(({ status }) => status === "firing") ? "firing" : "resolved",
      groupLabels,
      commonLabels: common(alerts.map(({ labels }) => labels)),
      commonAnnotations: common(alerts.map(({ annotations }) => annotations)),
      alerts,
    };
  }
}

/** What all have alike. */
function common(records: readonly Readonly<Record<string, string>>[]): Readonly<Record<string, string>> {
  const [first = {}, ...others] = records;
  return Object.fromEntries(Object.entries(first).filter(([key, value]) => others.every((one) => one[key] === value)));
}

const hashOf = (text: string) => createHash("sha256").update(text).digest("hex");
