import { isLive, sourceOf } from "../firmware-config/config/source.ts";
import type { Clock } from "../firmware-config/kit/clock.ts";
import { AppError } from "../firmware-config/kit/errors.ts";
import { pause } from "../firmware-config/kit/pause.ts";
import type { CameraStats } from "./camera/port.ts";
import type { CameraHealth, ViewNow } from "./camera-health/camera-health.ts";
import { type Pipeline, runPipeline } from "./pipeline.ts";

/** A camera's pipeline, with what can be said of its view. */
export interface WatchedPipeline extends Pipeline {
  readonly health: NonNullable<Pipeline["health"]> & Pick<CameraHealth, "view">;
}

const SETTLE_MS = 5_000;

/** One camera's life in the agent, apart from all others': how it ended is kept here, not thrown. */
export class CameraRun {
  readonly #pipeline: WatchedPipeline;
  readonly #clock: Clock;
  #failure: Error | undefined;

  constructor(pipeline: WatchedPipeline, clock: Clock) {
    this.#pipeline = pipeline;
    this.#clock = clock;
  }

  get id(): string {
    return this.#pipeline.config.id;
  }

  /** The camera's own, but a camera that failed is `lost` for good. */
  get stats(): CameraStats {
    const { stats } = this.#pipeline.camera;
    return this.#failure ? { ...stats, status: "lost" } : stats;
  }

  /** What its pictures are good for. */
  get view(): ViewNow {
    return this.#pipeline.health.view(this.stats);
  }

  /** What ended the camera before its time. */
  get failure(): Error | undefined {
    return this.#failure;
  }

  /** True when what failed is not this camera alone: the model's thread, or a fault of ours. */
  get concernsAll(): boolean {
    return this.#failure !== undefined && !(this.#failure instanceof AppError && this.#failure.fault !== "bug");
  }

  /** Counts until a file ends, `signal` aborts or the camera fails; never throws. */
  async run(signal: AbortSignal): Promise<void> {
    const ended = new AbortController();
    const running = AbortSignal.any([signal, ended.signal]);
    const untilEnd = async (part: Promise<unknown>) => {
      try {
        await part;
      } catch (error) {
        this.#failure ??= error instanceof Error ? error : new Error(String(error));
      }
      ended.abort();
    };
    const settling = isLive(sourceOf(this.#pipeline.config.source)) ? [untilEnd(this.#settle(running))] : [];
    await Promise.all([untilEnd(runPipeline(this.#pipeline, running)), ...settling]);
  }

  /** A live camera's windows end by the wall clock, also while no frame comes. */
  async #settle(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await pause(SETTLE_MS, signal);
      if (!signal.aborted) await this.#pipeline.windows.settle(this.#clock.nowMs());
    }
  }
}
