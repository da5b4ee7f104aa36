import type { Clock } from "../../firmware-config/kit/clock.ts";
import type { FrameTimes, Stamped } from "./frame-times.ts";

export interface FileTimesOptions {
  readonly startMs: number;
  /** The file's mean rate. */
  readonly fps: number;
  /** Given at pace `realtime`: a further round starts when it really does, so that capture times follow the wall clock. */
  readonly clock?: Clock | undefined;
}

/** Containers round to the millisecond: a time so near to the grid of the mean rate lies on it. */
const ON_GRID_S = 0.001;
/** Frames are at least so far apart, whatever the file says. */
const LEAST_STEP_S = 0.001;
/** Times that go back further than this were set anew; they go on from the last frame. */
const SET_ANEW_S = 1;

/**
 * A file: its frames were captured when it says that they are shown, counted from its first one; a frame without a time
 * follows at the mean rate. Each further round of a loop goes on from there.
 */
export class FileTimes implements FrameTimes {
  readonly #options: FileTimesOptions;
  /** Presentation times of the frames to come, seconds; NaN = the file does not say. */
  readonly #shown: number[] = [];
  /** Numbers of those frames in this round of the file, where it tells of those that are left out too. */
  readonly #numbers: (number | undefined)[] = [];
  /** Frames of this round, and of all, that the file showed before or with the last one told of. */
  #seenNow = 0;
  #seen = 0;
  #ended = true;
  #beganMs: number | undefined;
  #round = { index: 0, atS: 0 };
  #last = { index: -1, atS: Number.NEGATIVE_INFINITY };
  /** What makes a presentation time an `atS`. */
  #offsetS = Number.NaN;

  constructor(options: FileTimesOptions) {
    this.#options = options;
  }

  begin(): void {
    const { clock, fps } = this.#options;
    const nowMs = clock?.monotonicMs() ?? 0;
    this.#beganMs ??= nowMs;
    const elapsedS = (nowMs - this.#beganMs) / 1000;
    const index = Math.max(this.#last.index + 1, Math.round(elapsedS * fps));
    this.#round = { index, atS: Math.max(this.#last.atS + 1 / fps, elapsedS) };
    this.#offsetS = Number.NaN;
    this.#shown.length = 0;
    this.#numbers.length = 0;
    this.#seenNow = 0;
    this.#ended = false;
  }

  /** Frames that the file has shown in all rounds, those that were left out too. */
  get seen(): number {
    return this.#seen;
  }

  /** When the last frame was shown that came, seconds since the first one of its round; negative before the first. */
  get lastInRoundS(): number {
    return this.#last.atS - this.#round.atS;
  }

  see(): void {
    this.#seenNow++;
    this.#seen++;
  }

  /** Takes the presentation time of the next frame, in the order in which the frames come. */
  add(shownS: number): void {
    this.#shown.push(shownS);
    this.#numbers.push(this.#seenNow > 0 ? this.#seenNow - 1 : undefined);
    if (this.#seenNow === 0) this.#seen++;
  }

  /** No more times come in this run. */
  end(): void {
    this.#ended = true;
  }

  get isNextKnown(): boolean {
    return this.#ended || this.#shown.length > 0;
  }

  stamp(frame: Stamped, arrival: number): void {
    const { startMs } = this.#options;
    const atS = this.#atS(this.#shown.shift() ?? Number.NaN);
    const number = this.#numbers.shift() ?? arrival;
    frame.index = Math.max(this.#last.index + 1, this.#round.index + number);
    frame.atS = atS;
    frame.captureMs = startMs + Math.round(atS * 1000);
    this.#last = { index: frame.index, atS };
  }

  #atS(shownS: number): number {
    const nextS = Math.max(this.#round.atS, this.#last.atS + 1 / this.#options.fps);
    if (Number.isNaN(shownS)) return this.#onGrid(nextS);
    const isAnew = !(shownS + this.#offsetS > this.#last.atS - SET_ANEW_S);
    if (isAnew) this.#offsetS = nextS - shownS;
    return Math.max(this.#onGrid(shownS + this.#offsetS), this.#last.atS + LEAST_STEP_S);
  }

  #onGrid(atS: number): number {
    const { fps } = this.#options;
    const gridS = this.#round.atS + Math.round((atS - this.#round.atS) * fps) / fps;
    return Math.abs(gridS - atS) <= ON_GRID_S ? gridS : atS;
  }
}
