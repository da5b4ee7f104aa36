import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DeviceConfig } from "../../firmware-config/config/device.ts";
import type { LineConfig } from "../../firmware-config/config/geometry.ts";
import { withDefaults } from "../../firmware-config/config/with-defaults.ts";
import type { Clock } from "../../firmware-config/kit/clock.ts";
import { AppError } from "../../firmware-config/kit/errors.ts";
import type { Log } from "../../firmware-config/kit/log.ts";
import { openCamera } from "../camera/open-camera.ts";
import type { Picture } from "../camera/port.ts";
import type { Benchmark, Detector } from "../detector/port.ts";
import { type FileScore, scoreFile } from "../mot/score/score-file.ts";
import { type ReplaySummary, replay } from "./replay.ts";

export interface EvaluateOptions {
  readonly video: string;
  /** True tracks of that video, frame by frame, as MOTChallenge writes them. */
  readonly truthPath: string;
  /** Lines as a configuration has them, made for the picture's size. */
  readonly linesIn: (picture: Picture) => readonly LineConfig[];
  readonly modelName: string;
  readonly detector: Detector & Benchmark;
  readonly clock: Clock;
  readonly log: Log;
  readonly onFrame: (frames: number, atS: number) => void;
}

export interface Evaluation extends FileScore {
  readonly model: string;
  readonly frames: number;
  /** Of the video. */
  readonly videoFps: number;
  /** Of the whole way from the video to the counts. */
  readonly fps: number;
  readonly bareInferenceFps: number;
  readonly peakRssMb: number;
  readonly warnings: ReplaySummary["warnings"];
}

/** Runs a model on every frame of a video, as a replay does, and scores the tracks against the truth. */
export async function evaluate(options: EvaluateOptions, signal: AbortSignal): Promise<Evaluation> {
  const outDir = await mkdtemp(join(tmpdir(), "kazoe-eval-"));
  try {
    const picture = await pictureOf(options, signal);
    const lines = options.linesIn(picture);
    let last = { frames: 1, atS: 0 };
    let firstS: number | undefined;
    const onFrame = (frames: number, atS: number) => {
      firstS ??= atS;
      last = { frames, atS };
      options.onFrame(frames, atS);
    };
    const { config, camera } = configOf(options.video, lines);
    const { modelName, detector, clock, log } = options;
    const replaying = { config, camera, modelName, detector, clock, log, outDir, everyFrame: true, onFrame };
    const summary = await replay(replaying, signal);
    const videoFps = (last.frames - 1) / Math.max(1e-3, last.atS - (firstS ?? 0));
    const { truthPath } = options;
    const tracksPath = join(outDir, "tracks.txt");
    const score = await scoreFile({ truthPath, tracksPath, fps: videoFps, ...picture, lines });
    const { model, frames, fps, bareInferenceFps, peakRssMb, warnings } = summary;
    return { model, frames, videoFps, fps, bareInferenceFps, peakRssMb, warnings, ...score };
  } finally {
    await rm(outDir, { recursive: true, force: true });
  }
}

/** A device with defaults throughout and one camera. */
function configOf(source: string, lines: readonly LineConfig[]) {
  const given = { tenant: "eval", store: "eval", device: "eval", cameras: [{ id: "film", source, lines }] };
  const config = withDefaults(DeviceConfig, given);
  const [camera] = config.cameras;
  if (camera === undefined) throw new Error("a configuration has a camera");
  return { config, camera };
}

/** The size of the video's first picture. */
async function pictureOf({ video, detector, clock, log }: EvaluateOptions, signal: AbortSignal): Promise<Picture> {
  const { camera } = configOf(video, []);
  const settings = { ...camera, pace: "fast", loop: false } as const;
  const opened = await openCamera(camera.driver, { settings, shape: detector.shape, clock, log, fileStart: 0 });
  for await (const frame of opened.frames(signal)) {
    const { width, height } = frame.picture;
    frame.release();
    return { width, height };
  }
  signal.throwIfAborted();
  throw new AppError(`${video} shows no frame`, { code: "VIDEO_UNREADABLE", hint: "Name a video file that plays." });
}
