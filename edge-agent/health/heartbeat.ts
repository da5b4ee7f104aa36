import type { CameraHealth } from "../../firmware-config/contract/health.ts";
import type { Clock } from "../../firmware-config/kit/clock.ts";
import { messageOf } from "../../firmware-config/kit/errors.ts";
import type { Log } from "../../firmware-config/kit/log.ts";
import { pause } from "../../firmware-config/kit/pause.ts";
import type { Camera } from "../camera/port.ts";
import type { ViewNow } from "../camera-health/camera-health.ts";
import type { Detector } from "../detector/port.ts";
import type { Outbox } from "../outbox/outbox.ts";
import type { ClockSync } from "./clock-sync.ts";
import type { Vitals } from "./vitals.ts";

export interface HeartbeatOptions {
  readonly intervalMs: number;
  readonly dataDir: string;
  readonly cameras: readonly (Pick<Camera, "id" | "stats"> & { readonly view: ViewNow })[];
  readonly detectors: Pick<Detector, "takeStats">;
  /** What the model runs on; left out where no camera has one. */
  readonly provider?: string | undefined;
  readonly outbox: Outbox;
  readonly clockSync: Pick<ClockSync, "refresh">;
  readonly readVitals: (dataDir: string) => Promise<Vitals>;
  readonly clock: Clock;
  readonly log: Log;
}

const round1 = (value: number) => Math.round(value * 10) / 10;

/** Puts a `health` message into the outbox at every interval, the first one soon after the start. */
export class Heartbeat {
  readonly #options: HeartbeatOptions;
  readonly #startMs: number;
  #lastFrames = new Map<string, number>();
  #lastMs: number;

  constructor(options: HeartbeatOptions) {
    this.#options = options;
    this.#startMs = options.clock.monotonicMs();
    this.#lastMs = this.#startMs;
  }

  async run(signal: AbortSignal): Promise<void> {
    const { intervalMs, clockSync } = this.#options;
    await clockSync.refresh();
    await pause(Math.min(intervalMs, 5_000), signal);
    while (!signal.aborted) {
      await this.beat();
      await clockSync.refresh();
      await pause(intervalMs, signal);
    }
  }

  /** One health message, and the outbox trimmed to its bounds; what keeps it from that is logged, never thrown. */
  async beat(): Promise<void> {
    try {
      await this.#beat();
    } catch (error) {
      this.#options.log.warn({ error: messageOf(error) }, "no heartbeat");
    }
  }

  async #beat(): Promise<void> {
    const { dataDir, readVitals, outbox, detectors, provider, clock, log } = this.#options;
    const vitals = await readVitals(dataDir);
    const box = outbox.stats();
    const { meanInferenceMs, unusableFrames } = detectors.takeStats();
    if (unusableFrames > 0)
      log.error({ frames: unusableFrames }, "the model's output was not finite; pictures not counted");
    const draft = {
      kind: "health",
      ts: new Date(clock.nowMs()).toISOString(),
      uptimeS: round1((clock.monotonicMs() - this.#startMs) / 1000),
      ...vitals,
      inferenceMs: round1(meanInferenceMs),
      ...(provider === undefined ? {} : { modelProvider: provider }),
      outboxDepth: box.depth,
      outboxBytes: box.bytes,
      outboxOldestAgeS: round1(await outbox.oldestAgeS()),
      outboxDropped: box.dropped,
      cameras: this.#cameras(),
    } as const;
    await outbox.commit([draft], undefined);
  }

  #cameras(): CameraHealth[] {
    const nowMs = this.#options.clock.monotonicMs();
    const elapsedS = Math.max(0.001, (nowMs - this.#lastMs) / 1000);
    this.#lastMs = nowMs;
    return this.#options.cameras.map(({ id, stats, view: { view, viewS } }) => {
      const fps = round1(Math.max(0, stats.frames - (this.#lastFrames.get(id) ?? 0)) / elapsedS);
      this.#lastFrames.set(id, stats.frames);
      const { status, frames, droppedFrames, reconnects, decoder } = stats;
      const told = decoder === undefined ? {} : { decoder };
      return { id, status, fps, frames, droppedFrames, reconnects, ...told, view, viewS: round1(viewS) };
    });
  }
}
