import type { Clock } from "../../firmware-config/kit/clock.ts";

/** Tells how long ago a value last changed, by the clock that never jumps; at first: since the start. */
export class LastChange {
  readonly #clock: Clock;
  readonly #read: () => unknown;
  #value: unknown;
  #sinceMs: number;

  constructor(clock: Clock, read: () => unknown) {
    this.#clock = clock;
    this.#read = read;
    this.#value = read();
    this.#sinceMs = clock.monotonicMs();
  }

  /** Looks at the value and says the age in seconds; exact only as far as somebody looks often. */
  ageS(): number {
    const value = this.#read();
    if (value !== this.#value) this.#sinceMs = this.#clock.monotonicMs();
    this.#value = value;
    return Math.round((this.#clock.monotonicMs() - this.#sinceMs) / 1000);
  }
}
