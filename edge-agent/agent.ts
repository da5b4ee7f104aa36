import { join } from "node:path";
import type { CameraConfig, DeviceConfig } from "../firmware-config/config/device.ts";
import { createBootId } from "../firmware-config/kit/boot-id.ts";
import type { Clock } from "../firmware-config/kit/clock.ts";
import { AppError } from "../firmware-config/kit/errors.ts";
import type { Log } from "../firmware-config/kit/log.ts";
import { closeFolders } from "../firmware-config/kit/private-folder.ts";
import { birthOf, type ModelIdentity } from "./birth.ts";
import type { FileStart } from "./camera/camera-parts.ts";
import { type OpenCamera, openCamera } from "./camera/open-camera.ts";
import { openCameraHealth } from "./camera-health/open-camera-health.ts";
import { CameraRun } from "./camera-run.ts";
import { checkFilesAtStart } from "./config-files.ts";
import type { Detectors } from "./detector/detectors.ts";
import { cameraShape } from "./frame/parts.ts";
import { ClockSync } from "./health/clock-sync.ts";
import { Heartbeat } from "./health/heartbeat.ts";
import { readVitals } from "./health/vitals.ts";
import { Publisher } from "./mqtt/publisher.ts";
import { Outbox } from "./outbox/outbox.ts";
import type { Pipeline } from "./pipeline.ts";
import { recoverWindows } from "./recover-windows.ts";
import { Windows } from "./window/windows.ts";

const MB = 1024 * 1024;
const DAY_MS = 86_400_000;
const FLUSH_MS = 5_000;

export interface AgentOptions {
  readonly config: DeviceConfig;
  readonly model: ModelIdentity;
  readonly detectors: Detectors;
  readonly version: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Capture time of the first frame of a video file; see `CameraParts`. */
  readonly fileStart?: FileStart | undefined;
  readonly observe?: Pipeline["observe"];
  /** Default: ffmpeg's. */
  readonly openCamera?: OpenCamera;
  /** How long a stopping agent tries to empty its outbox, milliseconds; what is left goes out after the next start. */
  readonly drainMs: number;
}

/** The device half: cameras to broker. It ends when `signal` aborts, or when all its cameras were files and have ended. */
export class Agent {
  readonly #options: AgentOptions;

  constructor(options: AgentOptions) {
    this.#options = options;
  }

  /**
   * Stops from source to sink: cameras, windows, outbox, broker. Throws `AppError` when a part cannot start, and, once all
   * cameras have ended and what they counted is on the disk, the error of one that failed.
   */
  async run(signal: AbortSignal): Promise<void> {
    const clockSync = new ClockSync();
    await clockSync.refresh();
    const bootId = createBootId(this.#options.clock);
    await closeFolders(this.#options.config.dataDir, ["outbox"], this.#options.log);
    const outbox = await this.#openOutbox(bootId, clockSync);
    void this.#sayWhenCounting(outbox, bootId, signal);
    try {
      await checkFilesAtStart(this.#options.config, outbox.bootRecords().length > 0, this.#options.log);
      const windows = await this.#openWindows(outbox);
      const cameras = await Promise.all(this.#options.config.cameras.map((camera) => this.#createRun(camera, windows)));
      const heartbeat = this.#createHeartbeat(cameras, outbox, clockSync);
      const publisher = this.#createPublisher(bootId, outbox);
      await this.#publish({ cameras, heartbeat, publisher, outbox }, signal);
      const failed = cameras.find((camera) => camera.concernsAll) ?? cameras.find((camera) => camera.failure);
      if (failed) throw failed.failure;
    } finally {
      await outbox.close();
    }
  }

  async #publish({ cameras, heartbeat, publisher, outbox }: Parts, signal: AbortSignal): Promise<void> {
    const publishing = new AbortController();
    const published = publisher.run(publishing.signal);
    try {
      await this.#watch(cameras, heartbeat, signal);
      await outbox.flush(AbortSignal.timeout(FLUSH_MS));
      if (hasWatched(cameras)) await publisher.drained(AbortSignal.timeout(this.#options.drainMs));
    } finally {
      publishing.abort();
      await published;
    }
  }

  async #watch(cameras: readonly CameraRun[], heartbeat: Heartbeat, signal: AbortSignal): Promise<void> {
    const stop = new AbortController();
    const stopping = AbortSignal.any([signal, stop.signal]);
    const beating = heartbeat.run(stopping);
    await Promise.all(
      cameras.map(async (camera) => {
        await camera.run(stopping);
        this.#report(camera);
        if (camera.concernsAll) stop.abort();
      }),
    );
    stop.abort();
    await beating;
    await heartbeat.beat();
  }

  /** The failure of an only camera is the agent's own, which `run` throws. */
  #report({ id, failure }: CameraRun): void {
    if (!failure || this.#options.config.cameras.length === 1) return;
    const { code, hint } = failure instanceof AppError ? failure : { code: undefined, hint: undefined };
    this.#options.log.error({ camera: id, error: failure.message, code, hint }, "camera failed");
  }

  /** What an installer waits for: from here on a power cut costs nothing that was counted. */
  async #sayWhenCounting(outbox: Outbox, bootId: string, signal: AbortSignal): Promise<void> {
    await outbox.arrivals.wait(signal);
    if (!signal.aborted) this.#options.log.info({ bootId }, "the first message is on the disk");
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
    const { config, log } = this.#options;
    const { windowS, events } = config.counts;
    const windows = new Windows({ windowMs: windowS * 1000, events, sink: outbox });
    const { checkpoint } = outbox;
    if (checkpoint !== undefined) await recoverWindows(checkpoint, { windows, dataDir: config.dataDir, log });
    return windows;
  }

  async #createRun(config: CameraConfig, windows: Windows): Promise<CameraRun> {
    const { detectors, model, clock, log, fileStart, observe, openCamera: open = openCamera } = this.#options;
    const detector = detectors.of(config.id);
    const shape = cameraShape(config, detector.shape);
    const camera = await open(config.driver, { settings: config, shape, clock, log, fileStart });
    const { tracker: trackerConfig, dataDir } = this.#options.config;
    const health = await openCameraHealth({ config, shape: detector.shape, dataDir, clock, log });
    const pipeline = { config, trackerConfig, gates: model.gates, camera, detector, health };
    return new CameraRun({ ...pipeline, windows: windows.forCamera(config), ...(observe ? { observe } : {}) }, clock);
  }

  #createPublisher(bootId: string, outbox: Outbox): Publisher {
    const { config, clock, log } = this.#options;
    const identity = { tenant: config.tenant, store: config.store, device: config.device };
    return new Publisher({
      identity,
      bootId,
      mqtt: config.mqtt,
      outbox,
      birth: () => birthOf(this.#options, { bootId, bootNumber: outbox.bootNumber }),
      clock,
      log,
    });
  }

  #createHeartbeat(cameras: readonly CameraRun[], outbox: Outbox, clockSync: ClockSync): Heartbeat {
    const { config, detectors, clock, log } = this.#options;
    return new Heartbeat({
      intervalMs: config.healthS * 1000,
      dataDir: config.dataDir,
      cameras,
      detectors,
      provider: this.#options.model.provider,
      outbox,
      clockSync,
      readVitals,
      clock,
      log,
    });
  }
}

interface Parts {
  readonly cameras: readonly CameraRun[];
  readonly heartbeat: Heartbeat;
  readonly publisher: Publisher;
  readonly outbox: Outbox;
}

/** False when every camera failed before its first frame: then there is nothing worth a wait for the broker. */
function hasWatched(cameras: readonly CameraRun[]): boolean {
  return cameras.some((camera) => camera.failure === undefined || camera.stats.frames > 0);
}
