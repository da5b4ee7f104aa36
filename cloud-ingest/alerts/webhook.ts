import type { Clock } from "../../firmware-config/kit/clock.ts";
import type { Log } from "../../firmware-config/kit/log.ts";
import { Courier } from "./courier.ts";
import type { Alert, AlertSink } from "./port.ts";
import type { Resolve } from "./sinks/address.ts";
import { callHttp } from "./sinks/http-call.ts";
import { signatureOf } from "./sinks/signature.ts";

export interface WebhookParts {
  readonly url: string;
  /** True where it may be in a network of one's own; no other such address is called. */
  readonly allowPrivate: boolean;
  /** Key of the HMAC. */
  readonly secret: string;
  /** Types of the alerts that are sent. */
  readonly on: readonly string[];
  readonly clock: Clock;
  readonly log: Log;
  readonly firstPauseMs?: number;
  /** A receiver that takes longer has not taken it; default: 10 s. */
  readonly answerMs?: number;
  /** Default: the system's. */
  readonly resolve?: Resolve;
}

/**
 * Posts alerts as JSON, one after the other. `Kazoe-Signature: t=UNIX_SECONDS,v1=HEX` is the HMAC-SHA256 of `t.body`, so that whoever
 * has the secret can tell who sent it and when. What is not taken with 2xx is sent again some times, then logged.
 */
export class Webhook implements AlertSink {
  readonly #parts: WebhookParts;
  readonly #courier: Courier;

  constructor(parts: WebhookParts) {
    const { log, firstPauseMs } = parts;
    this.#parts = parts;
    const deliver = (alert: Alert, signal: AbortSignal) => this.#post(alert, signal);
    this.#courier = new Courier({ to: "webhook", deliver, log, firstPauseMs });
  }

  tell(alert: Alert): void {
    if (this.#parts.on.includes(alert.type)) this.#courier.tell(alert);
  }

  /** Sends until the signal aborts; what waits then is logged as not sent. */
  run(signal: AbortSignal): Promise<void> {
    return this.#courier.run(signal);
  }

  async #post(alert: Alert, signal: AbortSignal): Promise<void> {
    const { url, allowPrivate, secret, clock, answerMs, resolve } = this.#parts;
    const body = JSON.stringify(alert);
    const signature = signatureOf(body, secret, clock.nowMs());
    const headers = { "Content-Type": "application/json", "Kazoe-Signature": signature };
    await callHttp({ url, allowPrivate, answerMs, resolve }, { headers, body }, signal);
  }
}
