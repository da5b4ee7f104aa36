import type { Clock } from "../../firmware-config/kit/clock.ts";
import type { Log } from "../../firmware-config/kit/log.ts";

const INTERVAL_MS = 10_000;

/** Warns at most once in ten seconds, so that whoever knocks without end cannot fill the disk with log lines. */
export class OccasionalLog {
  readonly #log: Log;
  readonly #clock: Clock;
  #lastMs = Number.NEGATIVE_INFINITY;
  #untold = 0;

  constructor(log: Log, clock: Clock) {
    this.#log = log;
    this.#clock = clock;
  }

  /** `untold` in the line is how many there were since the line before it. */
  warn(fields: object, message: string): void {
    const nowMs = this.#clock.monotonicMs();
    if (nowMs - this.#lastMs < INTERVAL_MS) {
      this.#untold += 1;
      return;
    }
    this.#log.warn({ ...fields, untold: this.#untold }, message);
    this.#lastMs = nowMs;
    this.#untold = 0;
  }
}
