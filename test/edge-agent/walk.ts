import type { Camera, CameraStats, Frame, Picture } from "../../edge-agent/camera/port.ts";
import { createDetections, type Detections } from "../../edge-agent/detector/detections.ts";
import type { Detector, DetectorStats } from "../../edge-agent/detector/port.ts";
import { DeviceConfig } from "../../firmware-config/config/device.ts";
import { parseConfig } from "../../firmware-config/config/load.ts";
import { pause } from "../../firmware-config/kit/pause.ts";
import { frameOf, SHAPE } from "./detector/frames.ts";

const FPS = 10;

/** A device whose cameras have the line `door` down the middle of the picture and the zone `shelf` on its right. */
export function walkConfig(dataDir: string, cameraIds: readonly string[]): DeviceConfig {
  const cameras = cameraIds.map(
    (id) => `  - id: ${id}
    source: ${id}.mp4
    lines: [{ id: door, from: [0.5, 1], to: [0.5, 0] }]
    zones: [{ id: shelf, polygon: [[0.5, 0], [1, 0], [1, 1], [0.5, 1]] }]
`,
  );
  const rest = "mqtt: { url: mqtt://127.0.0.1:1 }\ncounts: { windowS: 10 }";
  const text = `tenant: t\nstore: s\ndevice: cam-1\ndataDir: ${dataDir}\ncameras:\n${cameras.join("")}${rest}\n`;
  return parseConfig(text, "device.yaml", DeviceConfig);
}

export interface FakeCameraOptions {
  readonly id?: string;
  /** Frames until it ends; default: it goes on until it is told to stop. */
  readonly frames?: number;
  /** What it says that its file showed. */
  readonly shownFrames?: number;
  /** What it says of the state of its file. */
  readonly warning?: string;
  /** Thrown in place of the frame after the last one. */
  readonly failure?: Error;
  readonly pictureAt?: (frame: number) => Picture;
  readonly startMs?: number;
  /** Milliseconds between two frames; their times say 100 all the same. */
  readonly paceMs?: number;
}

/** Ten frames a second of nothing, as fast as they are taken. */
export class FakeCamera implements Camera {
  readonly id: string;
  closed = false;
  readonly #options: FakeCameraOptions;
  #frames = 0;
  #status: CameraStats["status"] = "starting";

  constructor(options: FakeCameraOptions) {
    this.id = options.id ?? "street";
    this.#options = options;
  }

  get stats(): CameraStats {
    const { shownFrames, warning } = this.#options;
    const counts = { frames: this.#frames, droppedFrames: 0, reconnects: 0 };
    const told = warning === undefined ? {} : { warning };
    return { status: this.#status, ...counts, ...(shownFrames === undefined ? {} : { shownFrames }), ...told };
  }

  async *frames(signal: AbortSignal): AsyncGenerator<Frame, void, void> {
    const { frames = Number.POSITIVE_INFINITY, failure, paceMs = 0 } = this.#options;
    try {
      for (let i = 0; i < frames && !signal.aborted; i++) {
        await pause(paceMs, signal);
        this.#status = "ok";
        this.#frames++;
        yield this.#frame(i);
      }
      if (failure && !signal.aborted) throw failure;
      this.#status = "ended";
    } finally {
      this.closed = true;
    }
  }

  #frame(index: number): Frame {
    const { pictureAt = () => ({ width: 640, height: 480 }), startMs = 0 } = this.#options;
    const captureMs = startMs + (index * 1000) / FPS;
    return frameOf({ cameraId: this.id, index, captureMs, atS: index / FPS, picture: pictureAt(index) });
  }
}

/** Sees in every camera one person who walks through the middle of the picture to the right, from 0 s to 8 s, and stays. */
export class WalkDetector implements Detector {
  readonly shape = SHAPE;
  /** Thrown for this frame and all after it. */
  failAt = Number.POSITIVE_INFINITY;
  failure = new Error("the model broke");

  /** Nothing is known of these frames. */
  unknown: (index: number) => boolean = () => false;
  #frames = 0;
  #unusableFrames = 0;

  takeStats(): DetectorStats {
    const [frames, unusableFrames] = [this.#frames, this.#unusableFrames];
    this.#frames = 0;
    this.#unusableFrames = 0;
    return { frames, meanInferenceMs: 1, unusableFrames };
  }

  async detect({ index, atS, picture, release }: Frame): Promise<Detections> {
    release();
    if (index >= this.failAt) throw this.failure;
    this.#frames++;
    const detections = createDetections(1);
    const x = (0.1 + 0.1 * Math.min(8, atS)) * picture.width;
    const [width, height] = [0.1 * picture.width, 0.4 * picture.height];
    detections.boxes.set([x - width / 2, 0.3 * picture.height, x + width / 2, 0.3 * picture.height + height]);
    detections.scores[0] = 0.9;
    detections.count = 1;
    detections.finite = !this.unknown(index);
    if (!detections.finite) this.#unusableFrames++;
    return detections;
  }

  async close(): Promise<void> {}
}
