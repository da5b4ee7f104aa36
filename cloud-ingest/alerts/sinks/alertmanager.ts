import { annotationsOf, labelsOf } from "./alertmanager-object.ts";
import { callHttp, type HttpTarget } from "./http-call.ts";
import type { Language, Lease, Notification, ShownAlert, Sink } from "./sink.ts";

/** Alerts of one call; at some kilobytes each below what a proxy before it takes. */
const AT_ONCE = 100;
/** The lease outlasts some calls that fail, as those of Prometheus and Grafana do. */
const LEASES = 4;

export interface AlertmanagerParts extends HttpTarget {
  /** Left out where it asks for none. */
  readonly token?: string | undefined;
  readonly language: Language;
  readonly resendMs: number;
  readonly nowMs: () => number;
}

/**
 * Alertmanager's API v2, which says itself whom to tell: an open alert is posted again and again, each time with an end a little ahead, and
 * would end there when we are no more; the heartbeat is for that.
 */
export class AlertmanagerSink implements Sink {
  readonly atOnce = AT_ONCE;
  readonly lease: Lease;
  readonly #parts: AlertmanagerParts;

  constructor(parts: AlertmanagerParts) {
    this.#parts = parts;
    this.lease = { everyMs: parts.resendMs, renew: (open, signal) => this.#renew(open, signal) };
  }

  deliver(notifications: readonly Notification[], signal: AbortSignal): Promise<void> {
    return this.#post(
      notifications.map(({ alert, kind }) => this.#object(alert, kind)),
      signal,
    );
  }

  async #renew(open: readonly ShownAlert[], signal: AbortSignal): Promise<void> {
    for (let at = 0; at < open.length; at += AT_ONCE)
      await this.#post(
        open.slice(at, at + AT_ONCE).map((alert) => this.#object(alert, "firing")),
        signal,
      );
  }

  #object(alert: ShownAlert, kind: Notification["kind"]) {
    const { language, nowMs, resendMs } = this.#parts;
    const now = nowMs();
    // An end before the beginning, such as of a clock that jumped, is refused.
    const endMs =
      kind === "resolved" ? Math.max(Date.parse(alert.until ?? ""), Date.parse(alert.since)) : now + LEASES * resendMs;
    // It takes an end that is to come for none: a resolved alert ends now at the latest.
    const endsAt = new Date(kind === "resolved" ? Math.min(endMs || now, now) : endMs).toISOString();
    return {
      labels: labelsOf(alert),
      annotations: annotationsOf(alert, language, kind),
      startsAt: alert.since,
      endsAt,
    };
  }

  async #post(alerts: readonly object[], signal: AbortSignal): Promise<void> {
    const { token, ...target } = this.#parts;
    const url = `${target.url.replace(/\/+$/, "")}/api/v2/alerts`;
    const auth = token === undefined ? {} : { Authorization: `Bearer ${token}` };
    const headers = { "Content-Type": "application/json", ...auth };
    await callHttp({ ...target, url }, { headers, body: JSON.stringify(alerts) }, signal);
  }
}
