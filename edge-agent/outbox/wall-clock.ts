import { type Clock, isPossible } from "../../firmware-config/kit/clock.ts";

/** A time in which the wall clock did not jump. */
export interface Stretch {
  /** Its begin, milliseconds since the agent started. */
  readonly fromMs: number;
  /** The wall clock's reading less the time since the start. */
  readonly offsetMs: number;
  /** What the offset ought to have been; undefined as long as nobody knows better. */
  readonly rightMs?: number;
  /** True when `rightMs` comes from a synced clock. */
  readonly synced?: boolean;
}

/** A clock that moves by less than this does not jump. */
const JUMP_MS = 1_000;
const MAX_STRETCHES = 32;

const isNear = (a: number, b: number) => Math.abs(a - b) <= JUMP_MS;

/** Watches the wall clock of one boot against the monotonic one, so that times told by a wrong clock can be put right later. */
export class WallClock {
  readonly #clock: Clock;
  readonly #isSynced: () => boolean;
  readonly #startMs: number;
  #history: readonly Stretch[] = [];

  constructor(clock: Clock, isSynced: () => boolean) {
    this.#clock = clock;
    this.#isSynced = isSynced;
    this.#startMs = clock.monotonicMs();
  }

  /** Whole milliseconds since the start. */
  get elapsedMs(): number {
    return Math.max(0, Math.round(this.#clock.monotonicMs() - this.#startMs));
  }

  get synced(): boolean {
    return this.#isSynced();
  }

  /** The stretches of this boot, oldest first; the same array as long as nothing new is known. */
  get history(): readonly Stretch[] {
    return this.#history;
  }

  /** Notices a jump, and what it says about the time before it. */
  look(): void {
    const fromMs = this.elapsedMs;
    const offsetMs = this.#clock.nowMs() - fromMs;
    const last = this.#history.at(-1);
    if (!last || !isNear(last.offsetMs, offsetMs))
      this.#history = [...this.#history.slice(1 - MAX_STRETCHES), { fromMs, offsetMs }];
    const judged = this.#history.map((stretch) => this.#judged(stretch));
    if (judged.some((stretch, i) => stretch !== this.#history[i])) this.#history = judged;
  }

  #judged(stretch: Stretch): Stretch {
    const current = this.#history.at(-1) ?? stretch;
    const rightMs = stretch.rightMs ?? this.#rightOffset(stretch, current);
    const synced = rightMs !== undefined && (stretch.synced || (this.synced && isNear(rightMs, current.offsetMs)));
    if (rightMs === undefined || (rightMs === stretch.rightMs && synced === stretch.synced)) return stretch;
    return { ...stretch, rightMs, synced };
  }

  /** A synced clock is right; one that is possible is better than one that is not. */
  #rightOffset(stretch: Stretch, current: Stretch): number | undefined {
    const isBetter = isPossible(wallMs(current)) && !isPossible(wallMs(stretch));
    return this.synced || isBetter ? current.offsetMs : undefined;
  }
}

const wallMs = ({ fromMs, offsetMs }: Stretch) => fromMs + offsetMs;
