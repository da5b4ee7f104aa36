import type { Clock } from "../../firmware-config/kit/clock.ts";

/** The times of one frame, written in place. */
export interface Stamped {
  index: number;
  captureMs: number;
  atS: number;
}

/** Says when a frame was captured; `arrival` counts the frames that came out of this run of ffmpeg, from 0. */
export interface FrameTimes {
  /** Called before each run of ffmpeg. */
  begin(): void;
  stamp(frame: Stamped, arrival: number): void;
}

/** A live source: a frame was captured when it arrived. `atS` runs on the monotonic clock, over reconnects too. */
export class LiveTimes implements FrameTimes {
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

export interface FileTimesOptions {
  readonly startMs: number;
  readonly fps: number;
  /** Frames per second that `thinning` lets through; 0 = all. */
  readonly maxFps: number;
  /** Given at pace `realtime`: a further round starts when it really does, so that capture times follow the wall clock. */
  readonly clock?: Clock | undefined;
}

/** A file: frame n was captured n / fps after the start; each further round of a loop goes on from there. */
export class FileTimes implements FrameTimes {
  readonly #options: FileTimesOptions;
  readonly #framesPerCell: number;
  #beganMs: number | undefined;
  #firstIndex = 0;
  #nextIndex = 0;

  constructor(options: FileTimesOptions) {
    this.#options = options;
    this.#framesPerCell = options.maxFps > 0 ? options.fps / options.maxFps : 1;
  }

  begin(): void {
    const { clock, fps } = this.#options;
    const nowMs = clock?.monotonicMs() ?? 0;
    this.#beganMs ??= nowMs;
    this.#firstIndex = Math.max(this.#nextIndex, Math.round(((nowMs - this.#beganMs) / 1000) * fps));
  }

  stamp(frame: Stamped, arrival: number): void {
    const { startMs, fps } = this.#options;
    frame.index = this.#firstIndex + Math.ceil(arrival * this.#framesPerCell - 1e-6);
    frame.atS = frame.index / fps;
    frame.captureMs = startMs + Math.round(frame.atS * 1000);
    this.#nextIndex = frame.index + 1;
  }
}
