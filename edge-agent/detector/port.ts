import type { Frame, FrameShape } from "../camera/port.ts";
import type { Detections } from "./detections.ts";

/** Finds persons. One per process, shared by all cameras; calls are served one after the other. */
export interface Detector {
  /** What the camera has to deliver. */
  readonly shape: FrameShape;
  /** Mean time of the model per frame since the last call of this, milliseconds; 0 when there was none. */
  takeMeanInferenceMs(): number;
  /** Persons in source pixels, best score first. Releases the frame. The result is valid until the camera's next call but one. */
  detect(frame: Frame): Promise<Detections>;
  close(): Promise<void>;
}
