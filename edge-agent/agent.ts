import { join } from "node:path";
import type { CameraConfig, DeviceConfig } from "../firmware-config/config/device.ts";
import { createBootId } from "../firmware-config/kit/boot-id.ts";
import type { Clock } from "../firmware-config/kit/clock.ts";
import type { Log } from "../firmware-config/kit/log.ts";
import { pause } from "../firmware-config/kit/pause.ts";
import { birthOf, type ModelIdentity } from "./birth.ts";
import type { FileStart } from "./camera/camera-parts.ts";
import { FfmpegCamera } from "./camera/ffmpeg-camera.ts";
import type { Camera } from "./camera/port.ts";
import type { Detector } from "./detector/port.ts";
import { ClockSync } from "./health/clock-sync.ts";
import { Heartbeat } from "./health/heartbeat.ts";
import { Publisher } from "./mqtt/publisher.ts";
import { Outbox } from "./outbox/outbox.ts";
import { type Pipeline, runPipeline } from "./pipeline.ts";
import { type CameraWindows, Windows } from "./window/windows.ts";

const MB = 1024 * 1024;
const DAY_MS = 86_400_000;
const SETTLE_MS = 5_000;
const FLUSH_MS = 5_000;

export interface AgentOptions {
  readonly config: DeviceConfig;
  readonly model: ModelIdentity;
  readonly detector: Detector;
  readonly version: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Capture time of the first frame of a video file; see `CameraParts`. */
  readonly fileStart?: FileStart | undefined;
  readonly observe?: Pipeline["observe"];
  /** How long a stopping agent tries to empty its outbox, milliseconds; what is left goes out after the next start. */
  readonly drainMs: number;
}

/** The device half: cameras to broker. It ends when `signal` aborts, or when all its cameras were files and have ended. */
export class Agent {
  readonly #options: AgentOptions;

  constructor(options: AgentOptions) {
    this.#options = options;
  }

  /** Stops from source to sink: cameras, windows, outbox, broker. Throws `AppError` when a part cannot start. */
  async run(signal: AbortSignal): Promise<void> {
    const clockSync = new ClockSync();
    const bootId = createBootId(this.#options.clock);
    const outbox = await this.#openOutbox(bootId, clockSync);
    try {
      const windows = await this.#openWindows(outbox);
      const cameras = this.#options.config.cameras.map((camera) => this.#openCamera(camera));
      const publishing = new AbortController();
      const publisher = this.#createPublisher(bootId, outbox);
      const published = publisher.run(publishing.signal);
      try {
        await this.#watch({ cameras, windows, outbox, clockSync }, signal);
        await outbox.flush(AbortSignal.timeout(FLUSH_MS));
        await publisher.drained(AbortSignal.timeout(this.#options.drainMs));
      } finally {
        publishing.abort();
        await published;
      }
    } finally {
      await outbox.close();
    }
  }

  async #watch(parts: Parts, signal: AbortSignal): Promise<void> {
    const stop = new AbortController();
    const stopping = AbortSignal.any([signal, stop.signal]);
    const heartbeat = this.#createHeartbeat(parts);
    const beating = heartbeat.run(stopping);
    try {
      const lanes = this.#options.config.cameras.map((config, i) => ({
        config,
        camera: parts.cameras[i],
        windows: parts.windows.forCamera(config),
      }));
      const settling = this.#settle(lanes, stopping);
      await Promise.all(
        lanes.map((lane) => lane.camera && this.#runCamera(lane.config, lane.camera, lane.windows, stopping)),
      );
      stop.abort();
      await settling;
    } finally {
      stop.abort();
      await beating;
    }
    await heartbeat.beat();
  }

  async #runCamera(config: CameraConfig, camera: Camera, windows: CameraWindows, signal: AbortSignal): Promise<void> {
    const { detector, observe, config: device } = this.#options;
    await runPipeline(
      { config, trackerConfig: device.tracker, camera, detector, windows, ...(observe ? { observe } : {}) },
      signal,
    );
  }

  /** Live cameras' windows end by the wall clock, also while no frame comes. */
  async #settle(
    lanes: readonly { config: CameraConfig; windows: CameraWindows }[],
    signal: AbortSignal,
  ): Promise<void> {
    const live = lanes.filter((lane) => /^(rtsps?:|\/dev\/)/.test(lane.config.source));
    while (live.length > 0 && !signal.aborted) {
      await pause(SETTLE_MS, signal);
      for (const lane of live) await lane.windows.settle(this.#options.clock.nowMs());
    }
  }

  #openOutbox(bootId: string, clockSync: ClockSync): Promise<Outbox> {
    const { config, clock, log } = this.#options;
    return Outbox.open({
      dir: join(config.dataDir, "outbox"),
      deviceId: config.device,
      bootId,
      maxBytes: config.outbox.maxMb * MB,
      maxAgeMs: config.outbox.maxAgeDays * DAY_MS,
      isClockSynced: () => clockSync.synced,
      clock,
      log,
    });
  }

  async #openWindows(outbox: Outbox): Promise<Windows> {
    const { windowS, events } = this.#options.config.counts;
    const windows = new Windows({ windowMs: windowS * 1000, events, sink: outbox });
    if (outbox.checkpoint !== undefined) await windows.recover(outbox.checkpoint);
    return windows;
  }

  #openCamera(settings: CameraConfig): Camera {
    const { detector, clock, log, fileStart } = this.#options;
    return new FfmpegCamera({ settings, shape: detector.shape, clock, log, fileStart });
  }

  #createPublisher(bootId: string, outbox: Outbox): Publisher {
    const { config, clock, log } = this.#options;
    const identity = { tenant: config.tenant, store: config.store, device: config.device };
    return new Publisher({
      identity,
      bootId,
      mqtt: config.mqtt,
      outbox,
      birth: () => birthOf(this.#options, bootId),
      clock,
      log,
    });
  }

  #createHeartbeat({ cameras, outbox, clockSync }: Parts): Heartbeat {
    const { config, detector, clock, log } = this.#options;
    return new Heartbeat({
      intervalMs: config.healthS * 1000,
      dataDir: config.dataDir,
      cameras,
      detector,
      outbox,
      clockSync,
      clock,
      log,
    });
  }
}

interface Parts {
  readonly cameras: readonly Camera[];
  readonly windows: Windows;
  readonly outbox: Outbox;
  readonly clockSync: ClockSync;
}
