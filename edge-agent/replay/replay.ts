import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { CameraConfig, DeviceConfig } from "../../firmware-config/config/device.ts";
import type { Clock } from "../../firmware-config/kit/clock.ts";
import { AppError } from "../../firmware-config/kit/errors.ts";
import type { Log } from "../../firmware-config/kit/log.ts";
import { storageError } from "../../firmware-config/kit/storage-error.ts";
import { FfmpegCamera } from "../camera/ffmpeg-camera.ts";
import type { Camera, Frame } from "../camera/port.ts";
import type { CounterTotals } from "../counter/counter.ts";
import type { OnnxDetector } from "../detector/onnx-detector.ts";
import { TrackWriter } from "../mot/track-writer.ts";
import { type Pipeline, runPipeline } from "../pipeline.ts";
import { Windows } from "../window/windows.ts";
import { FileSink } from "./file-sink.ts";

/** The first frame's capture time in a replay: a fixed one, so that two replays write the same files. */
const START_MS = 0;
const BARE_SECONDS = 3;
const MB = 1024 * 1024;

export interface ReplayOptions {
  readonly config: DeviceConfig;
  /** The camera of `config` whose lines and zones count; its source is the video. */
  readonly camera: CameraConfig;
  readonly modelName: string;
  readonly detector: OnnxDetector;
  readonly outDir: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Frames so far, and the time of the last one in the video, seconds. */
  readonly onFrame: (frames: number, atS: number) => void;
}

/** What `summary.json` holds. */
export interface ReplaySummary extends CounterTotals {
  readonly frames: number;
  /** From opening the video to the last file written, without loading the model. */
  readonly wallS: number;
  readonly fps: number;
  /** The same session run alone on one of the frames, back to back. */
  readonly bareInferenceFps: number;
  readonly peakRssMb: number;
  readonly model: string;
}

/** The edge path alone, as fast as it goes, into files. Throws `AppError` for a bad video or folder. */
export async function replay(options: ReplayOptions, signal: AbortSignal): Promise<ReplaySummary> {
  const { config, detector, outDir, clock, log } = options;
  const settings: CameraConfig = { ...options.camera, pace: "fast", loop: false };
  const time = { captureMs: START_MS };
  const sink = await FileSink.open(outDir, config.device, {
    nowMs: () => time.captureMs,
    monotonicMs: () => time.captureMs,
  });
  const tracks = await TrackWriter.open(join(outDir, "tracks.txt"));
  const windows = new Windows({ windowMs: config.counts.windowS * 1000, events: true, sink });
  const camera = new KeepingCamera(
    new FfmpegCamera({ settings, shape: detector.shape, clock, log, fileStart: START_MS }),
  );
  let frames = 0;
  const observe: Pipeline["observe"] = (frame, seen) => {
    time.captureMs = frame.captureMs;
    tracks.add(frame.index + 1, seen);
    options.onFrame(++frames, frame.atS);
  };
  const startMs = clock.monotonicMs();
  const pipeline = {
    config: settings,
    trackerConfig: config.tracker,
    camera,
    detector,
    windows: windows.forCamera(settings),
    observe,
  };
  const totals = await runPipeline(pipeline, signal);
  await Promise.all([sink.close(), tracks.close()]);
  const wallS = (clock.monotonicMs() - startMs) / 1000;
  if (!camera.kept) throw noFrames(settings.source);
  const bareInferenceFps = await detector.benchmark(camera.kept, BARE_SECONDS);
  const summary = {
    frames,
    wallS: round(wallS, 3),
    fps: round(frames / wallS, 2),
    bareInferenceFps: round(bareInferenceFps, 2),
    peakRssMb: Math.round((process.resourceUsage().maxRSS * 1024) / MB),
    model: options.modelName,
    ...totals,
  };
  await writeSummary(join(outDir, "summary.json"), summary);
  return summary;
}

/** Keeps a copy of one frame for the bare run. */
class KeepingCamera implements Camera {
  readonly #camera: Camera;
  kept: Uint8Array | undefined;

  constructor(camera: Camera) {
    this.#camera = camera;
  }

  get id() {
    return this.#camera.id;
  }

  get stats() {
    return this.#camera.stats;
  }

  async *frames(signal: AbortSignal): AsyncGenerator<Frame> {
    for await (const frame of this.#camera.frames(signal)) {
      this.kept ??= Uint8Array.from(frame.data);
      yield frame;
    }
  }
}

async function writeSummary(file: string, summary: ReplaySummary): Promise<void> {
  try {
    await writeFile(file, `${JSON.stringify(summary, undefined, 2)}\n`);
  } catch (error) {
    throw storageError(error, file);
  }
}

function noFrames(source: string): AppError {
  return new AppError(`${source} gave no picture`, {
    code: "VIDEO_UNREADABLE",
    hint: "Play it with ffplay; convert it with: ffmpeg -i FILE -c:v libx264 out.mp4",
  });
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
