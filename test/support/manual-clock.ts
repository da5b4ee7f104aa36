import type { Clock } from "../../firmware-config/kit/clock.ts";

/** A clock that stands still until it is turned. */
export class ManualClock implements Clock {
  #nowMs: number;
  #monotonicMs = 0;

  constructor(now: string) {
    this.#nowMs = Date.parse(now);
  }

  nowMs(): number {
    return this.#nowMs;
  }

  monotonicMs(): number {
    return this.#monotonicMs;
  }

  /** Sets the wall clock alone. */
  set(now: string): void {
    this.#nowMs = Date.parse(now);
  }

  advance(seconds: number): void {
    this.#nowMs += seconds * 1000;
    this.#monotonicMs += seconds * 1000;
  }
}
