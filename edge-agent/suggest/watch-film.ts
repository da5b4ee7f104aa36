import type { CameraConfig } from "../../firmware-config/config/device.ts";
import type { DeviceTracker, ScoreGates } from "../../firmware-config/config/tracker.ts";
import type { Clock } from "../../firmware-config/kit/clock.ts";
import { AppError } from "../../firmware-config/kit/errors.ts";
import type { Log } from "../../firmware-config/kit/log.ts";
import { openCamera } from "../camera/open-camera.ts";
import type { Picture } from "../camera/port.ts";
import { detectAhead } from "../detector/detect-ahead.ts";
import type { Detector } from "../detector/port.ts";
import { cameraShape } from "../frame/parts.ts";
import { stageSettings } from "../stage-settings.ts";
import { Stages } from "../stages.ts";
import { Lives } from "./lives.ts";

interface WatchedFilm {
  /** Its source is the film. */
  readonly camera: CameraConfig;
  readonly trackerConfig: DeviceTracker;
  readonly gates?: ScoreGates | undefined;
  readonly detector: Detector;
  readonly clock: Clock;
  readonly log: Log;
  /** The time of each frame in the film, seconds. */
  readonly onFrame: (atS: number) => void;
}

/** The lives of people and things in a film, as the shop's camera would see them, without the entries and masks that it has. */
export async function watchFilm(film: WatchedFilm, signal: AbortSignal): Promise<{ lives: Lives; picture: Picture }> {
  const { camera, gates, detector, clock, log } = film;
  const config = { ...camera, lines: [], zones: [], entries: [], masks: [] };
  const trackerConfig = { ...film.trackerConfig, stillS: 0 };
  const stages = new Stages({ config, trackerConfig, gates });
  const lives = new Lives(stageSettings(config, trackerConfig, gates).foot);
  const settings = { ...camera, pace: "fast", loop: false } as const;
  const shape = cameraShape(camera, detector.shape);
  const opened = await openCamera(camera.driver, { settings, shape, clock, log, fileStart: 0 });
  let picture: Picture | undefined;
  for await (const frame of detectAhead(opened.frames(signal), detector)) {
    picture ??= frame.picture;
    if (!stages.fit(picture)) stages.renew(picture);
    const tracks = stages.track(frame.detections, frame.atS);
    lives.see(tracks.past, frame.atS);
    lives.see(tracks, frame.atS);
    film.onFrame(frame.atS);
  }
  signal.throwIfAborted();
  if (picture) return { lives, picture };
  throw new AppError(`${camera.source} shows no frame`, {
    code: "VIDEO_UNREADABLE",
    hint: "Name a video file that plays.",
  });
}
