import type { Clock } from "../../firmware-config/kit/clock.ts";
import type { Log } from "../../firmware-config/kit/log.ts";
import { withTimeLimit } from "../../firmware-config/kit/time-limit.ts";
import { Courier } from "./courier.ts";
import type { Alert, AlertSink } from "./port.ts";
import { signatureOf } from "./sinks/signature.ts";

const ANSWER_MS = 10_000;

export interface WebhookParts {
  readonly url: string;
  /** Key of the HMAC. */
  readonly secret: string;
  /** Types of the alerts that are sent. */
  readonly on: readonly string[];
  readonly clock: Clock;
  readonly log: Log;
  readonly firstPauseMs?: number;
  /** A receiver that takes longer has not taken it; default: 10 s. */
  readonly answerMs?: number;
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
    const { url, secret, clock, answerMs = ANSWER_MS } = this.#parts;
    const body = JSON.stringify(alert);
    const signature = signatureOf(body, secret, clock.nowMs());
    const headers = { "Content-Type": "application/json", "Kazoe-Signature": signature };
    const limit = { signal, limitMs: answerMs, late: new Error(`no answer within ${answerMs / 1_000} s`) };
    await withTimeLimit(limit, async (ends) => {
      // Whoever is redirected to has not been chosen by the operator.
      const options = { method: "POST", headers, body, redirect: "error", signal: ends } as const;
      const answer = await fetch(url, options).catch((error: unknown) => {
        throw error instanceof Error && error.cause ? error.cause : error;
      });
      await answer.body?.cancel();
      if (!answer.ok) throw new Error(`answered ${answer.status}`);
    });
  }
}
