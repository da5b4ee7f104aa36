import type { CameraConfig } from "../../../firmware-config/config/device.ts";
import type { Clock } from "../../../firmware-config/kit/clock.ts";
import { AppError } from "../../../firmware-config/kit/errors.ts";
import type { Log } from "../../../firmware-config/kit/log.ts";
import { openCamera } from "../../camera/open-camera.ts";
import type { Picture } from "../../camera/port.ts";
import { detectAhead } from "../../detector/detect-ahead.ts";
import type { Detections } from "../../detector/detections.ts";
import type { Detector } from "../../detector/port.ts";
import type { LabelledClip } from "./labelled-clip.ts";

/** What a model found in one picture. */
export interface SeenPicture {
  readonly atS: number;
  readonly picture: Picture;
  readonly detections: Detections;
}

/** A clip, picture by picture. */
export interface SeenClip extends Omit<LabelledClip, "video" | "fps"> {
  readonly pictures: readonly SeenPicture[];
}

interface Seeing {
  readonly detector: Detector;
  readonly clock: Clock;
  readonly log: Log;
  /** Pictures so far, and the time of the last one in the video, seconds. */
  readonly onFrame: (frames: number, atS: number) => void;
}

/** An hour at 10 pictures a second: all that was found is kept. */
const MOST_PICTURES = 36_000;
const STALL_S = 20;

/** The model works on a clip once, at the rate of a shop's camera. Throws `AppError` for a bad or too long video, or the reason of `signal`. */
export async function seeClip(clip: LabelledClip, seeing: Seeing, signal: AbortSignal): Promise<SeenClip> {
  const { name, video, fps, lines, zones } = clip;
  const { detector, clock, log, onFrame } = seeing;
  const settings = { id: name, source: video, pace: "fast", loop: false, fps, stallS: STALL_S } as const;
  const driver: CameraConfig["driver"] = "ffmpeg";
  const camera = await openCamera(driver, { settings, shape: detector.shape, clock, log, fileStart: 0 });
  const pictures: SeenPicture[] = [];
  for await (const { atS, picture, detections } of detectAhead(camera.frames(signal), detector)) {
    if (pictures.length === MOST_PICTURES) throw tooLong(video);
    pictures.push({ atS, picture, detections: copyOf(detections) });
    onFrame(pictures.length, atS);
  }
  signal.throwIfAborted();
  if (pictures.length > 0) return { name, lines, zones, pictures };
  throw new AppError(`${video} shows no frame`, { code: "VIDEO_UNREADABLE", hint: "Name a video file that plays." });
}

function copyOf({ count, finite, boxes, scores }: Detections): Detections {
  return { count, finite, boxes: boxes.slice(0, 4 * count), scores: scores.slice(0, count) };
}

function tooLong(video: string): AppError {
  return new AppError(`${video} has more than ${MOST_PICTURES} pictures`, {
    code: "USAGE",
    hint: "Cut it into shorter clips; a few minutes each, of different hours, say more.",
  });
}
