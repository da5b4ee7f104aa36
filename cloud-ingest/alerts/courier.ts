import { messageOf } from "../../firmware-config/kit/errors.ts";
import type { Log } from "../../firmware-config/kit/log.ts";
import { backOffMs, pause } from "../../firmware-config/kit/pause.ts";
import { WakeUp } from "../../firmware-config/kit/wake-up.ts";
import type { Alert, AlertSink } from "./port.ts";

/** Alerts that wait; when there are more, the oldest are let go of. */
const MOST_WAITING = 1_000;
const TRIES = 6;
const FIRST_PAUSE_MS = 1_000;
const MOST_PAUSE_MS = 60_000;

export interface CourierParts {
  /** Where they go, for the log. */
  readonly to: string;
  /** Rejects with the reason when an alert was not taken. */
  readonly deliver: (alert: Alert, signal: AbortSignal) => Promise<void>;
  readonly log: Log;
  readonly firstPauseMs?: number | undefined;
}

/** Carries alerts to one place, one after the other and in their order; what is not taken is tried some times, then logged. */
export class Courier implements AlertSink {
  readonly #parts: CourierParts;
  readonly #waiting: Alert[] = [];
  readonly #wakeUp = new WakeUp();
  #lost = 0;

  constructor(parts: CourierParts) {
    this.#parts = parts;
  }

  tell(alert: Alert): void {
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
      if (alert) await this.#carry(alert, signal);
      else await this.#wakeUp.wait(signal);
    }
    const { log, to } = this.#parts;
    const left = this.#waiting.length + this.#lost;
    if (left > 0) log.warn({ to, alerts: left }, "alerts were not sent");
  }

  async #carry(alert: Alert, signal: AbortSignal): Promise<void> {
    const { to, log, deliver, firstPauseMs = FIRST_PAUSE_MS } = this.#parts;
    for (let attempt = 0; attempt < TRIES; attempt += 1) {
      try {
        return await deliver(alert, signal);
      } catch (error) {
        log.warn({ to, type: alert.type, attempt, reason: messageOf(error) }, "alert not taken");
      }
      await pause(backOffMs(attempt, firstPauseMs, MOST_PAUSE_MS), signal);
      if (signal.aborted) break;
    }
    log.error({ to, type: alert.type }, "alert not sent");
  }
}
