import type { Frame, FrameShape } from "../camera/port.ts";
import type { Detections } from "./detections.ts";

export interface DetectorStats {
  /** Frames that were worked on. */
  readonly frames: number;
  /** Mean time of the model per frame, milliseconds; 0 when there was none. */
  readonly meanInferenceMs: number;
  /** Frames of which the model's output was not finite. */
  readonly unusableFrames: number;
}

/** Finds persons in the pictures of one camera or of several, told apart by `cameraId`; calls are served one after the other. */
export interface Detector {
  /** What the camera has to deliver. */
  readonly shape: FrameShape;
  /** What happened since the last call of this. */
  takeStats(): DetectorStats;
  /** Persons in source pixels, best score first. Releases the frame. The result is valid until the camera's next call but one. */
  detect(frame: Frame): Promise<Detections>;
  close(): Promise<void>;
  /** What speaks against using it for the view that it saw: a sentence without an end. */
  viewWarning?(): string | undefined;
}

/** A detector whose bare speed can be told. */
export interface Benchmark {
  /** Runs per second on one frame's bytes, back to back for `seconds`; a replay asks before and after its video. */
  benchmark(frame: Uint8Array, seconds: number): Promise<number>;
}
