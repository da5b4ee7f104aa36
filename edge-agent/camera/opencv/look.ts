import { type Capture, PROPERTY, readPicture } from "./binding.ts";
import type { Found } from "./request.ts";

/** No film is so fast: the containers' clock, which OpenCV takes for the rate of a cover picture. */
const NO_RATE_FPS = 1000;

/** What an open source is, with one frame read, as a header alone may promise a picture that is not there. Undefined: there is none. */
export function lookAt(capture: Capture): Found | undefined {
  const fps = capture.get(PROPERTY.fps);
  const frames = capture.get(PROPERTY.frames);
  const first = readPicture(capture);
  if (first === undefined) return undefined;
  const isRate = Number.isFinite(fps) && fps > 0 && fps < NO_RATE_FPS;
  return {
    width: first.cols,
    height: first.rows,
    pixelAspect: capture.get(PROPERTY.pixelWidth) / capture.get(PROPERTY.pixelHeight) || 0,
    turnedBy: capture.get(PROPERTY.turnedBy) || 0,
    fps: isRate ? fps : 0,
    frames: isRate && frames > 0 ? frames : 0,
    isStill: fps >= NO_RATE_FPS && readPicture(capture) === undefined,
  };
}
