import { type Clock, MOST_CORRECTION_MS } from "../../firmware-config/kit/clock.ts";
import type { Troubles } from "../troubles.ts";
import type { ClockTold } from "../warehouse/port.ts";
import { ClockWitnesses } from "./clock-witnesses.ts";

const DAY_MS = 86_400_000;
const YEAR_MS = 365.25 * DAY_MS;
/** Rows outside are the work of a wrong clock; the past bound is also that of BigQuery's streaming into date partitions. */
const OLDEST_MS = 5 * YEAR_MS;
/** A machine that was off for longer than this, and lost its clock meanwhile, is set by its operator first. */
const LONGEST_OFF_MS = 31 * DAY_MS;

/** What a message says of its device's clock. */
export interface Stamp {
  readonly ts: string;
  readonly clockSynced: boolean;
  /** True when it was sent later than it was counted, so that `ts` is not the time of sending. */
  readonly historical: boolean;
}

export interface ClockJudgeParts {
  readonly clock: Clock;
  readonly troubles: Troubles;
}

/**
 * Tells wrong clocks of devices from our own. When ours is behind a time that it has told before (the mark), which no device can
 * bring about, it is wrong now or was wrong then. Then a synced device is believed up to a month beyond the mark, until more
 * devices bear out our clock than the mark; once they have done so for five minutes the mark comes back to now.
 */
export class ClockJudge {
  readonly #parts: ClockJudgeParts;
  readonly #witnesses: ClockWitnesses;
  #mark = { ms: Number.NEGATIVE_INFINITY, atMs: 0 };

  constructor(parts: ClockJudgeParts) {
    this.#parts = parts;
    this.#witnesses = new ClockWitnesses(parts.clock);
  }

  /** Told of a time that our clock told before, or tells now. */
  note(toldMs: number): void {
    if (toldMs > this.#markMs) this.#setMark(toldMs);
    if (!this.#isBehind) this.#settle();
  }

  /** What our clock tells now, and the mark after it. */
  told(): ClockTold {
    const nowMs = this.#parts.clock.nowMs();
    this.note(nowMs);
    return { nowMs, markMs: this.#markMs };
  }

  /** Told of every message and its device: one that speaks of now, by a synced clock, is a witness while ours is behind the mark. */
  hear(device: string, { ts, clockSynced, historical }: Stamp, receivedAtMs: number): void {
    const nowMs = this.#parts.clock.nowMs();
    const isLive = clockSynced && !historical && Math.abs(receivedAtMs - nowMs) <= MOST_CORRECTION_MS;
    if (!isLive || !this.#isBehind) return;
    const tsMs = Date.parse(ts);
    if (Math.abs(tsMs - nowMs) <= MOST_CORRECTION_MS) this.#witnesses.hear(device, "now");
    else if (this.#isNearMark(tsMs)) this.#witnesses.hear(device, "mark");
    if (!this.#witnesses.haveDecidedForNow) return;
    this.#setMark(nowMs);
    this.#settle();
  }

  /** What is wrong with the message's time, or undefined. Neither the clock of its receipt nor that of now can refuse it alone. */
  faultOf(stamp: Stamp, receivedAtMs: number): string | undefined {
    const tsMs = Date.parse(stamp.ts);
    const fault = faultAt(tsMs, receivedAtMs);
    if (fault === undefined || faultAt(tsMs, this.#parts.clock.nowMs()) === undefined) return undefined;
    return this.#isBelieved(stamp, tsMs) ? undefined : fault;
  }

  #isBelieved({ clockSynced, historical }: Stamp, tsMs: number): boolean {
    if (!clockSynced || !this.#isBehind || this.#witnesses.areForNow) return false;
    // What is sent late may be older than the mark; what is told live by a right clock is not.
    if (tsMs > this.#markMs + LONGEST_OFF_MS || (!historical && !this.#isNearMark(tsMs))) return false;
    const hours = Math.round((tsMs - this.#parts.clock.nowMs()) / 3_600_000);
    this.#parts.troubles.raise(
      "clock-behind",
      `this machine's clock is about ${hours} h behind its devices, and behind what it told before; set it. Counts are stored by the devices' time, but times of receipt stored meanwhile are wrong`,
    );
    return true;
  }

  #isNearMark(tsMs: number): boolean {
    return tsMs >= this.#markMs - DAY_MS && tsMs <= this.#markMs + LONGEST_OFF_MS;
  }

  #setMark(ms: number): void {
    this.#mark = { ms, atMs: this.#parts.clock.monotonicMs() };
  }

  #settle(): void {
    this.#witnesses.forget();
    this.#parts.troubles.clear("clock-behind");
  }

  get #isBehind(): boolean {
    return this.#parts.clock.nowMs() < this.#markMs - MOST_CORRECTION_MS;
  }

  /** The newest time that our clock is believed to have told, and what has passed since. */
  get #markMs(): number {
    return this.#mark.ms + this.#parts.clock.monotonicMs() - this.#mark.atMs;
  }
}

/** What is wrong with a time for who takes `nowMs` for now. */
function faultAt(tsMs: number, nowMs: number): string | undefined {
  if (Number.isNaN(tsMs)) return "ts is not a time";
  if (tsMs < nowMs - OLDEST_MS) return "ts is more than five years ago";
  return tsMs > nowMs + DAY_MS ? "ts is more than a day in the future" : undefined;
}
