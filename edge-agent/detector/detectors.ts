import type { Detector, DetectorStats } from "./port.ts";

/** The detectors of a device: each camera's, shared or its own. */
export class Detectors {
  readonly #byCamera: ReadonlyMap<string, Detector>;
  readonly #all: ReadonlySet<Detector>;

  /** By the camera's id. From now on they are closed here. */
  constructor(byCamera: ReadonlyMap<string, Detector>) {
    this.#byCamera = byCamera;
    this.#all = new Set(byCamera.values());
  }

  /** The detector of a camera; throws for a camera that it was not made for, which is a fault of ours. */
  of(cameraId: string): Detector {
    const detector = this.#byCamera.get(cameraId);
    if (detector === undefined) throw new Error(`no detector for camera ${cameraId}`);
    return detector;
  }

  /** What happened in all of them since the last call of this; a mean over all frames, whosever they were. */
  takeStats(): DetectorStats {
    let frames = 0;
    let inferenceMs = 0;
    let unusableFrames = 0;
    for (const detector of this.#all) {
      const stats = detector.takeStats();
      frames += stats.frames;
      inferenceMs += stats.frames * stats.meanInferenceMs;
      unusableFrames += stats.unusableFrames;
    }
    return { frames, meanInferenceMs: frames === 0 ? 0 : inferenceMs / frames, unusableFrames };
  }

  async close(): Promise<void> {
    await Promise.all([...this.#all].map((detector) => detector.close()));
  }
}
