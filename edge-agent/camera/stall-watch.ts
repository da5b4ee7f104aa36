import type { Clock } from "../../firmware-config/kit/clock.ts";

/** What the watchdog looks at. */
export interface Watched {
  readonly completed: number;
  readonly starving: boolean;
}

export interface StallWatchOptions {
  readonly watched: Watched;
  readonly clock: Clock;
  readonly stallS: number;
  readonly onStall: () => void;
}

/** Calls `onStall` once when nothing arrived for `stallS` seconds while the consumer waited. A slow consumer is no stall. */
export class StallWatch {
  readonly #options: StallWatchOptions;
  readonly #timer: NodeJS.Timeout;
  #seen: number;
  #sinceMs: number;

  constructor(options: StallWatchOptions) {
    this.#options = options;
    this.#seen = options.watched.completed;
    this.#sinceMs = options.clock.monotonicMs();
    this.#timer = setInterval(() => this.#look(), options.stallS * 100);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const { watched, clock, stallS, onStall } = this.#options;
    const nowMs = clock.monotonicMs();
    if (watched.completed !== this.#seen || !watched.starving) {
      this.#seen = watched.completed;
      this.#sinceMs = nowMs;
    } else if (nowMs - this.#sinceMs >= stallS * 1000) {
      this.stop();
      onStall();
    }
  }
}
