import type { Clock } from "../../firmware-config/kit/clock.ts";
import { messageOf } from "../../firmware-config/kit/errors.ts";
import type { CameraProgress } from "./camera-progress.ts";
import type { FrameQueue } from "./frame-queue.ts";
import type { Frame, Picture } from "./port.ts";
import type { ReaderProgram } from "./reader.ts";
import { type ByteSink, type ReaderExit, type ReaderProcess, startReader } from "./reader-process.ts";
import type { ShownTimes } from "./shown-times.ts";
import { StallWatch } from "./stall-watch.ts";

export interface RunOptions {
  readonly program: ReaderProgram;
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
export interface RunEnd extends ReaderExit {
  /** Frames that came out of it, dropped ones too. */
  readonly frames: number;
  readonly lastedS: number;
  /** The watchdog ended it. */
  readonly stalled: boolean;
}

/** What is known of why a run ended, as it came: may hold secrets. Of a crash there is often the signal alone. */
export function saidAtEnd({ stderr, signal, stalled, startError }: RunEnd): string {
  if (startError !== undefined) return messageOf(startError);
  return stderr.trim() === "" && signal !== null && !stalled ? `ended by ${signal}` : stderr;
}

/** Yields the frames of one run of a reader; its process is gone when the generator has returned, whatever made it return. */
export async function* runReader(options: RunOptions): AsyncGenerator<Frame, RunEnd, void> {
  const { queue, times, signal, clock } = options;
  const before = { frames: queue.completed, ms: clock.monotonicMs() };
  queue.begin(options.picture);
  const sink: ByteSink = (bytes, from, to) => queue.write(bytes, from, to);
  const reader = await startReader(options.program, { sink, times });
  const guard = new RunGuard(reader, options);
  try {
    for (;;) {
      const frame = await queue.next();
      if (frame === undefined) break;
      options.progress.onFrame();
      yield frame;
      if (signal.aborted) break;
    }
  } finally {
    await guard.close();
  }
  const lastedS = (clock.monotonicMs() - before.ms) / 1000;
  return { ...(await reader.exited), frames: queue.completed - before.frames, lastedS, stalled: guard.stalled };
}

/** Ties a run to the abort signal, the watchdog and the queue. */
class RunGuard {
  stalled = false;
  readonly #reader: ReaderProcess;
  readonly #signal: AbortSignal;
  readonly #progress: CameraProgress;
  readonly #watch: StallWatch;
  readonly #stop = () => this.#reader.stop();

  constructor(reader: ReaderProcess, options: RunOptions) {
    const { queue, clock, stallS, signal } = options;
    this.#reader = reader;
    this.#signal = signal;
    this.#progress = options.progress;
    queue.onRoom = () => reader.resume();
    void reader.exited.then(() => queue.end());
    this.#watch = new StallWatch({ watched: queue, clock, stallS, onStall: () => this.#onStall() });
    signal.addEventListener("abort", this.#stop, { once: true });
    if (signal.aborted) this.#stop();
  }

  async close(): Promise<void> {
    this.#watch.stop();
    this.#signal.removeEventListener("abort", this.#stop);
    this.#stop();
    await this.#reader.exited;
  }

  #onStall(): void {
    this.stalled = true;
    this.#progress.status = "stalled";
    this.#stop();
  }
}
