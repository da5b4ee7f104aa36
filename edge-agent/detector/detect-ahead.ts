import type { Frame } from "../camera/port.ts";
import type { Detections } from "./detections.ts";
import type { Detector } from "./port.ts";

/** A frame's persons with its times. */
export interface DetectedFrame extends Pick<Frame, "index" | "captureMs" | "atS" | "picture"> {
  readonly detections: Detections;
}

interface Started extends Omit<DetectedFrame, "detections"> {
  readonly detecting: Promise<Detections>;
}

/**
 * The frames of one camera with their persons, in order. The next frame is already with the detector while the consumer
 * works on this one; its result is handed over as soon as it is there, not when another frame comes. A frame of which the
 * model's output is not finite is left out, like one that never came; the detector counts it.
 */
export async function* detectAhead(
  frames: AsyncIterable<Frame>,
  detector: Detector,
): AsyncGenerator<DetectedFrame, void, void> {
  const source = frames[Symbol.asyncIterator]();
  let ahead = startNext(source, detector);
  try {
    for (let current = await ahead; current !== undefined; current = await ahead) {
      ahead = startNext(source, detector);
      const { index, captureMs, atS, picture, detecting } = current;
      const detections = await detecting;
      if (detections.finite) yield { index, captureMs, atS, picture, detections };
    }
  } finally {
    await source.return?.();
    await ahead.then((started) => started?.detecting).catch(() => {});
  }
}

/** Begins with the next frame as soon as it comes. Its failure is raised when it is its turn. */
function startNext(source: AsyncIterator<Frame>, detector: Detector): Promise<Started | undefined> {
  const starting = takeNext(source, detector);
  starting.catch(() => {});
  return starting;
}

async function takeNext(source: AsyncIterator<Frame>, detector: Detector): Promise<Started | undefined> {
  const next = await source.next();
  if (next.done === true) return undefined;
  const { index, captureMs, atS, picture } = next.value;
  const detecting = detector.detect(next.value);
  detecting.catch(() => {});
  return { index, captureMs, atS, picture, detecting };
}
