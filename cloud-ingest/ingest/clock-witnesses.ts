import type { Clock } from "../../firmware-config/kit/clock.ts";

/** Every connected device says something each minute (`health`): by then all have been heard, and what is older is out of date. */
const HEARING_MS = 5 * 60_000;

/** What a device bears out: the time that our clock tells, or the later one that it told before. */
export type Side = "now" | "mark";

interface Voice {
  readonly side: Side;
  readonly atMs: number;
}

/** What devices say of our clock while it is behind a time that it told before. A device has one voice: what it said last. */
export class ClockWitnesses {
  readonly #clock: Clock;
  readonly #voices = new Map<string, Voice>();
  #firstMs = Number.POSITIVE_INFINITY;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  hear(device: string, side: Side): void {
    const atMs = this.#clock.monotonicMs();
    this.#firstMs = Math.min(this.#firstMs, atMs);
    this.#voices.set(device, { side, atMs });
  }

  forget(): void {
    this.#voices.clear();
    this.#firstMs = Number.POSITIVE_INFINITY;
  }

  /** More devices bear out our clock than what it told before. */
  get areForNow(): boolean {
    const oldestMs = this.#clock.monotonicMs() - HEARING_MS;
    let lead = 0;
    for (const [device, { side, atMs }] of this.#voices) {
      if (atMs < oldestMs) this.#voices.delete(device);
      else lead += side === "now" ? 1 : -1;
    }
    return lead > 0;
  }

  /** The same, once all had the time to speak. */
  get haveDecidedForNow(): boolean {
    return this.#clock.monotonicMs() - this.#firstMs >= HEARING_MS && this.areForNow;
  }
}
