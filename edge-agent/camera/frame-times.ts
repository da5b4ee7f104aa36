import type { Clock } from "../../firmware-config/kit/clock.ts";

/** The times of one frame, written in place. */
export interface Stamped {
  index: number;
  captureMs: number;
  atS: number;
}

/** Says when a frame was captured; `arrival` counts the frames that came out of this run of the reader, from 0. */
export interface FrameTimes {
  /** False while the next frame must wait for its time. */
  readonly isNextKnown: boolean;
  /** Called before each run of the reader. */
  begin(): void;
  stamp(frame: Stamped, arrival: number): void;
}

/** A live source: a frame was captured when it arrived. `atS` runs on the monotonic clock, over reconnects too. */
export class LiveTimes implements FrameTimes {
  readonly isNextKnown = true;
  readonly #clock: Clock;
  readonly #startMs: number;
  #index = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#startMs = clock.monotonicMs();
  }

  begin(): void {}

  stamp(frame: Stamped): void {
    frame.index = this.#index++;
    frame.captureMs = this.#clock.nowMs();
    frame.atS = (this.#clock.monotonicMs() - this.#startMs) / 1000;
  }
}
