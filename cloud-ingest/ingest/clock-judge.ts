import type { Clock } from "../../firmware-config/kit/clock.ts";
import type { Troubles } from "../troubles.ts";

const DAY_MS = 86_400_000;
const YEAR_MS = 365.25 * DAY_MS;
/** Rows outside are the work of a wrong clock; the past bound is also that of BigQuery's streaming into date partitions. */
const OLDEST_MS = 5 * YEAR_MS;
/** A clock that is set right by NTP steps back by less; more means that it was lost. */
const STEP_MS = 5 * 60_000;
/** A machine that was off for longer than this, and lost its clock meanwhile, is set by its operator first. */
const LONGEST_OFF_MS = 31 * DAY_MS;

/** What a message says of its device's clock. */
export interface Stamp {
  readonly ts: string;
  readonly clockSynced: boolean;
}

export interface ClockJudgeParts {
  readonly clock: Clock;
  readonly troubles: Troubles;
}

/**
 * Tells wrong clocks of devices from our own. Ours is wrong for sure when it is behind a time that it has told before, which
 * no device can bring about; then a synced device is believed, up to a month beyond that time.
 */
export class ClockJudge {
  readonly #parts: ClockJudgeParts;
  #newest = { ms: Number.NEGATIVE_INFINITY, atMs: 0 };

  constructor(parts: ClockJudgeParts) {
    this.#parts = parts;
  }

  /** Told of the times of receipt that are stored. */
  note(receivedAtMs: number): void {
    const { clock, troubles } = this.#parts;
    if (receivedAtMs > this.#newestMs) this.#newest = { ms: receivedAtMs, atMs: clock.monotonicMs() };
    if (!this.#isBehind) troubles.clear("clock-behind");
  }

  /** What is wrong with the message's time, or undefined. Neither the clock of its receipt nor that of now can refuse it alone. */
  faultOf({ ts, clockSynced }: Stamp, receivedAtMs: number): string | undefined {
    const tsMs = Date.parse(ts);
    const fault = faultAt(tsMs, receivedAtMs);
    if (fault === undefined || faultAt(tsMs, this.#parts.clock.nowMs()) === undefined) return undefined;
    return clockSynced && this.#isBelieved(tsMs) ? undefined : fault;
  }

  #isBelieved(tsMs: number): boolean {
    if (!this.#isBehind || tsMs > this.#newestMs + LONGEST_OFF_MS) return false;
    const hours = Math.round((tsMs - this.#parts.clock.nowMs()) / 3_600_000);
    this.#parts.troubles.raise(
      "clock-behind",
      `this machine's clock is about ${hours} h behind its devices, and behind what it told before; set it. Counts are stored by the devices' time, but times of receipt stored meanwhile are wrong`,
    );
    return true;
  }

  get #isBehind(): boolean {
    return this.#parts.clock.nowMs() < this.#newestMs - STEP_MS;
  }

  /** The newest time of receipt, and what has passed since. */
  get #newestMs(): number {
    return this.#newest.ms + this.#parts.clock.monotonicMs() - this.#newest.atMs;
  }
}

/** What is wrong with a time for who takes `nowMs` for now. */
function faultAt(tsMs: number, nowMs: number): string | undefined {
  if (Number.isNaN(tsMs)) return "ts is not a time";
  if (tsMs < nowMs - OLDEST_MS) return "ts is more than five years ago";
  return tsMs > nowMs + DAY_MS ? "ts is more than a day in the future" : undefined;
}
