import type { Clock } from "../../firmware-config/kit/clock.ts";
import type { Benchmark } from "../detector/port.ts";

/** Runs that are not counted: the first ones are slower. */
const WARM_UP_S = 0.3;
const PART_S = 1.5;

/** Speed of the session alone on one frame, measured in parts, so that other load slows it as it slows what lies between. */
export class BareSpeed {
  readonly #session: Benchmark;
  readonly #frame: Uint8Array;
  readonly #clock: Clock;
  #runs = 0;
  #seconds = 0;

  constructor(session: Benchmark, frame: Uint8Array, clock: Clock) {
    this.#session = session;
    this.#frame = frame;
    this.#clock = clock;
  }

  /** Adds a part. */
  async measure(): Promise<void> {
    await this.#session.benchmark(this.#frame, WARM_UP_S);
    const startMs = this.#clock.monotonicMs();
    const fps = await this.#session.benchmark(this.#frame, PART_S);
    const seconds = (this.#clock.monotonicMs() - startMs) / 1000;
    this.#runs += fps * seconds;
    this.#seconds += seconds;
  }

  /** Runs per second over all parts. */
  get fps(): number {
    return this.#runs / this.#seconds;
  }
}
