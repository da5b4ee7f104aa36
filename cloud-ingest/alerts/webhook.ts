import { createHmac } from "node:crypto";
import type { Clock } from "../../firmware-config/kit/clock.ts";
import { messageOf } from "../../firmware-config/kit/errors.ts";
import type { Log } from "../../firmware-config/kit/log.ts";
import { backOffMs, pause } from "../../firmware-config/kit/pause.ts";
import { WakeUp } from "../../firmware-config/kit/wake-up.ts";
import type { Alert, AlertSink } from "./port.ts";

/** Alerts that wait; when there are more, the oldest are let go of. */
const MOST_WAITING = 1_000;
const ANSWER_MS = 10_000;
const TRIES = 6;
const FIRST_PAUSE_MS = 1_000;
const MOST_PAUSE_MS = 60_000;

export interface WebhookParts {
  readonly url: string;
  /** Key of the HMAC. */
  readonly secret: string;
  /** Types of the alerts that are sent. */
  readonly on: readonly string[];
  readonly clock: Clock;
  readonly log: Log;
  readonly firstPauseMs?: number;
}

/**
 * Posts alerts as JSON, one after the other. `Kazoe-Signature: t=UNIX_SECONDS,v1=HEX` is the HMAC-SHA256 of `t.body`, so that whoever
 * has the secret can tell who sent it and when. What is not taken with 2xx is sent again some times, then logged.
 */
export class Webhook implements AlertSink {
  readonly #parts: WebhookParts;
  readonly #waiting: Alert[] = [];
  readonly #wakeUp = new WakeUp();
  #lost = 0;

  constructor(parts: WebhookParts) {
    this.#parts = parts;
  }

  tell(alert: Alert): void {
    if (!this.#parts.on.includes(alert.type)) return;
    this.#waiting.push(alert);
    if (this.#waiting.length > MOST_WAITING) {
      this.#waiting.shift();
      this.#lost += 1;
    }
    this.#wakeUp.notify();
  }

  /** Sends until the signal aborts; what waits then is logged as not sent. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const alert = this.#waiting.shift();
      if (alert) await this.#deliver(alert, signal);
      else await this.#wakeUp.wait(signal);
    }
    const { log } = this.#parts;
    const left = this.#waiting.length + this.#lost;
    if (left > 0) log.warn({ alerts: left }, "alerts were not sent");
  }

  async #deliver(alert: Alert, signal: AbortSignal): Promise<void> {
    const { log, firstPauseMs = FIRST_PAUSE_MS } = this.#parts;
    for (let attempt = 0; attempt < TRIES; attempt += 1) {
      const reason = await this.#sent(alert, signal);
      if (reason === undefined) return;
      log.warn({ type: alert.type, attempt, reason }, "alert not taken");
      await pause(backOffMs(attempt, firstPauseMs, MOST_PAUSE_MS), signal);
      if (signal.aborted) break;
    }
    log.error({ type: alert.type }, "alert not sent");
  }

  /** Undefined, or why it was not taken. */
  async #sent(alert: Alert, signal: AbortSignal): Promise<string | undefined> {
    const { url, secret, clock } = this.#parts;
    const body = JSON.stringify(alert);
    const seconds = Math.floor(clock.nowMs() / 1_000);
    const signature = createHmac("sha256", secret).update(`${seconds}.${body}`).digest("hex");
    const headers = { "Content-Type": "application/json", "Kazoe-Signature": `t=${seconds},v1=${signature}` };
    const ends = AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]);
    try {
      // Whoever is redirected to has not been chosen by the operator.
      const answer = await fetch(url, { method: "POST", headers, body, redirect: "error", signal: ends });
      await answer.body?.cancel();
      return answer.ok ? undefined : `answered ${answer.status}`;
    } catch (error) {
      return messageOf(error instanceof Error && error.cause ? error.cause : error);
    }
  }
}
