import type { CameraParts } from "../camera-parts.ts";
import { PlayedCamera } from "../played-camera.ts";
import { findBinding } from "./opencv-build.ts";
import { OpencvReader } from "./opencv-reader.ts";

/** Reads a file, an RTSP or a USB camera through OpenCV. Besides the errors of the port: OPENCV_NOT_BUILT. */
export class OpencvCamera extends PlayedCamera {
  constructor(parts: CameraParts, home?: string) {
    super(parts, async () => new OpencvReader(findBinding(home)));
  }
}
