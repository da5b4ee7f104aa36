import type { Clock } from "../../firmware-config/kit/clock.ts";
import type { CameraProgress } from "./camera-progress.ts";
import { type ByteSink, type FfmpegExit, type FfmpegProcess, startFfmpeg } from "./ffmpeg-process.ts";
import type { FrameQueue } from "./frame-queue.ts";
import type { Frame, Picture } from "./port.ts";
import type { ShownTimes } from "./shown-times.ts";
import { StallWatch } from "./stall-watch.ts";

export interface RunOptions {
  readonly ffmpegPath: string;
  readonly args: readonly string[];
  readonly queue: FrameQueue;
  /** For a file: takes its frames' presentation times. */
  readonly times?: ShownTimes;
  readonly progress: CameraProgress;
  readonly picture: Picture;
  readonly clock: Clock;
  readonly stallS: number;
  readonly signal: AbortSignal;
}

/** How a run ended, for the caller to judge. */
export interface RunEnd extends FfmpegExit {
  /** Frames that came out of it, dropped ones too. */
  readonly frames: number;
  readonly lastedS: number;
  /** The watchdog ended it. */
  readonly stalled: boolean;
}

/** Yields the frames of one run of ffmpeg; ffmpeg is gone when the generator has returned, whatever made it return. */
export async function* runFfmpeg(options: RunOptions): AsyncGenerator<Frame, RunEnd, void> {
  const { queue, times, signal, clock } = options;
  const before = { frames: queue.completed, ms: clock.monotonicMs() };
  queue.begin(options.picture);
  const sink: ByteSink = (bytes, from, to) => queue.write(bytes, from, to);
  const ffmpeg = await startFfmpeg(options.ffmpegPath, options.args, { sink, times });
  const guard = new RunGuard(ffmpeg, options);
  try {
    for (;;) {
      const frame = await queue.next();
      if (frame === undefined) break;
      options.progress.status = "ok";
      yield frame;
      if (signal.aborted) break;
    }
  } finally {
    await guard.close();
  }
  const lastedS = (clock.monotonicMs() - before.ms) / 1000;
  return { ...(await ffmpeg.exited), frames: queue.completed - before.frames, lastedS, stalled: guard.stalled };
}

/** Ties a run to the abort signal, the watchdog and the queue. */
class RunGuard {
  stalled = false;
  readonly #ffmpeg: FfmpegProcess;
  readonly #signal: AbortSignal;
  readonly #progress: CameraProgress;
  readonly #watch: StallWatch;
  readonly #stop = () => this.#ffmpeg.stop();

  constructor(ffmpeg: FfmpegProcess, options: RunOptions) {
    const { queue, clock, stallS, signal } = options;
    this.#ffmpeg = ffmpeg;
    this.#signal = signal;
    this.#progress = options.progress;
    queue.onRoom = () => ffmpeg.resume();
    void ffmpeg.exited.then(() => queue.end());
    this.#watch = new StallWatch({ watched: queue, clock, stallS, onStall: () => this.#onStall() });
    signal.addEventListener("abort", this.#stop, { once: true });
    if (signal.aborted) this.#stop();
  }

  async close(): Promise<void> {
    this.#watch.stop();
    this.#signal.removeEventListener("abort", this.#stop);
    this.#stop();
    await this.#ffmpeg.exited;
  }

  #onStall(): void {
    this.stalled = true;
    this.#progress.status = "stalled";
    this.#stop();
  }
}
