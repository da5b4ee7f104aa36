import type { CameraConfig, DeviceConfig } from "../../firmware-config/config/device.ts";
import type { ScoreGates } from "../../firmware-config/config/tracker.ts";
import type { Clock } from "../../firmware-config/kit/clock.ts";
import { AppError } from "../../firmware-config/kit/errors.ts";
import type { Log } from "../../firmware-config/kit/log.ts";
import { assertReplaceable } from "../../firmware-config/kit/on-disk.ts";
import { type OpenCamera, openCamera } from "../camera/open-camera.ts";
import type { Camera, Picture } from "../camera/port.ts";
import type { CounterTotals } from "../counter/counter.ts";
import type { Benchmark, Detector } from "../detector/port.ts";
import { cameraShape, runsOf } from "../frame/parts.ts";
import { PersonSize } from "../frame/person-size.ts";
import { LEAST_PERSON_PX, scaleOf, tooSmall } from "../frame/view-warnings.ts";
import { type Pipeline, runPipeline } from "../pipeline.ts";
import { Windows } from "../window/windows.ts";
import { BareSpeed } from "./bare-speed.ts";
import { Outputs } from "./outputs.ts";
import { type FrameAt, readScene } from "./render/read-scene.ts";
import { type RenderOptions, renderVideo } from "./render/render-video.ts";

/** The first frame's capture time in a replay: a fixed one, so that two replays write the same files. */
const START_MS = 0;
const MB = 1024 * 1024;

export interface ReplayOptions {
  readonly config: DeviceConfig;
  /** The camera of `config` whose lines and zones count; its source is the video. */
  readonly camera: CameraConfig;
  readonly modelName: string;
  /** The scores of the model; default: the usual ones. */
  readonly gates?: ScoreGates | undefined;
  readonly detector: Detector & Benchmark;
  readonly outDir: string;
  readonly clock: Clock;
  readonly log: Log;
  /** True = works on every frame of the video; false = on those that a shop's camera would be asked for, by its `fps`. */
  readonly everyFrame: boolean;
  /** Default: ffmpeg's. */
  readonly openCamera?: OpenCamera;
  /** Frames so far, and the time of the last one in the video, seconds. */
  readonly onFrame: (frames: number, atS: number) => void;
  /** Left out: nothing is drawn. */
  readonly render?: Pick<RenderOptions, "outFile" | "onProgress">;
}

/** What `summary.json` holds. */
export interface ReplaySummary extends CounterTotals {
  /** `as-live` = thinned to `maxFps` as the shop's camera is, `every-frame` = nothing was left out. */
  readonly mode: "as-live" | "every-frame";
  /** The camera's `fps`; null for every frame. A video that is not faster is not thinned. */
  readonly maxFps: number | null;
  /** Frames that the video showed. */
  readonly shownFrames: number;
  /** Frames that were worked on. */
  readonly frames: number;
  /** Frames of which the model's output was not finite: nothing is known of them. */
  readonly unusableFrames: number;
  /** What the numbers must not be read without: sentences, without an end. */
  readonly warnings: readonly string[];
  /** From opening the video to the last file written, without loading the model. */
  readonly wallS: number;
  readonly fps: number;
  /** The same session run alone on the first frame, back to back: half of it before the video, half after. */
  readonly bareInferenceFps: number;
  /** How often the model ran for each: once, or once a tile. */
  readonly inferencesPerFrame: number;
  /** Median height of those who were followed, in the model's frame; null when nobody was, or without a model. */
  readonly personPx: number | null;
  readonly peakRssMb: number;
  readonly model: string;
}

/**
 * The edge path alone, as fast as it goes, into files. Throws `AppError` for a bad video or folder; when the video ends in a
 * failure the files hold all that was counted until then, and there is no summary.
 */
export async function replay(options: ReplayOptions, signal: AbortSignal): Promise<ReplaySummary> {
  // Before hours of work rather than behind them.
  if (options.render) await assertReplaceable(options.render.outFile);
  const outputs = await Outputs.open(options.outDir, options.config.device);
  try {
    const first = await firstFrame(options, signal);
    const bare = new BareSpeed(options.detector, first.data, options.clock);
    await bare.measure();
    const played = await play({ ...options, picture: first.picture }, outputs, signal);
    await bare.measure();
    const summary = summaryOf(played, bare.fps, options);
    await outputs.writeSummary(summary);
    if (options.render) await render(options.render, { options, frames: played.shown, signal });
    return summary;
  } finally {
    await outputs.close();
  }
}

interface Rendering {
  readonly options: ReplayOptions;
  readonly frames: readonly FrameAt[];
  readonly signal: AbortSignal;
}

async function render(
  asked: NonNullable<ReplayOptions["render"]>,
  { options, frames, signal }: Rendering,
): Promise<void> {
  const { camera, outDir } = options;
  const { parts } = cameraShape(camera, options.detector.shape);
  const scene = { ...(await readScene(outDir, camera, frames)), parts };
  await renderVideo({ ...asked, source: camera.source, scene, signal });
}

interface Played {
  /** Those that were worked on; nothing where no video is drawn. */
  readonly shown: readonly FrameAt[];
  readonly shownFrames: number;
  readonly frames: number;
  readonly unusableFrames: number;
  readonly warnings: readonly string[];
  readonly personPx: number | null;
  readonly wallS: number;
  readonly totals: CounterTotals;
}

async function play(
  options: ReplayOptions & { readonly picture: Picture },
  outputs: Outputs,
  signal: AbortSignal,
): Promise<Played> {
  const { clock, onFrame } = options;
  let frames = 0;
  const shown: FrameAt[] = [];
  let isAnybodySeen = false;
  const people = new PersonSize();
  const observe: Pipeline["observe"] = (frame, tracks) => {
    outputs.add(frame, tracks);
    people.see(tracks);
    if (options.render) shown.push({ frame: frame.index + 1, atS: frame.atS });
    isAnybodySeen ||= tracks.count > 0;
    onFrame(++frames, frame.atS);
  };
  options.detector.takeStats();
  const startMs = clock.monotonicMs();
  try {
    const pipeline = await pipelineOf(options, outputs);
    const totals = await runPipeline({ ...pipeline, observe }, signal);
    await outputs.close();
    const { unusableFrames } = options.detector.takeStats();
    if (frames === 0 && unusableFrames > 0) throw nothingUsable(unusableFrames, options.modelName);
    const { shownFrames = frames + unusableFrames, warning } = pipeline.camera.stats;
    const ofView = viewWarning(options, isAnybodySeen);
    const personPx = personPxOf(people, options);
    const warnings = [
      ...warningsOf(warning, { frames, unusableFrames }),
      ...(ofView === undefined ? [] : [ofView]),
      ...(personPx !== null && personPx < LEAST_PERSON_PX ? [tooSmall(personPx)] : []),
    ];
    return {
      shown,
      shownFrames,
      frames,
      unusableFrames,
      warnings,
      personPx,
      wallS: (clock.monotonicMs() - startMs) / 1000,
      totals,
    };
  } catch (error) {
    await outputs.close();
    throw stoppedAfter(frames, error, options.outDir);
  }
}

/** A replay knows the picture, so it knows what `check-config` can only assume. */
function personPxOf(people: PersonSize, options: ReplayOptions & { readonly picture: Picture }): number | null {
  const { camera, detector, picture } = options;
  const { medianPx } = people;
  if (medianPx === undefined || camera.detector.type === "overhead") return null;
  return Math.round(medianPx * scaleOf(camera, { picture, shape: detector.shape }));
}

function warningsOf(
  ofVideo: string | undefined,
  { frames, unusableFrames }: Pick<Played, "frames" | "unusableFrames">,
): string[] {
  const all = frames + unusableFrames;
  const ofModel = `the model's output was not finite on ${unusableFrames} of ${all} frames; they were left out`;
  return [...(ofVideo === undefined ? [] : [ofVideo]), ...(unusableFrames > 0 ? [ofModel] : [])];
}

/** What the pictures say against the detector that the camera has. */
function viewWarning({ camera, detector }: ReplayOptions, isAnybodySeen: boolean): string | undefined {
  if (camera.detector.type === "overhead" || isAnybodySeen) return detector.viewWarning?.();
  return "the model saw nobody at all; where the camera looks straight down, give it detector: { type: overhead }";
}

async function pipelineOf(options: ReplayOptions, outputs: Outputs): Promise<Pipeline> {
  const { config, camera, detector } = options;
  const windows = new Windows({ windowMs: config.counts.windowS * 1000, events: true, sink: outputs.sink });
  return {
    config: camera,
    trackerConfig: config.tracker,
    gates: options.gates,
    camera: await openVideo(options),
    detector,
    windows: windows.forCamera(camera),
  };
}

function openVideo(options: ReplayOptions): Promise<Camera> {
  const { camera, everyFrame, detector, clock, log, openCamera: open = openCamera } = options;
  const fps = everyFrame ? Number.POSITIVE_INFINITY : camera.fps;
  const settings = { ...camera, fps, pace: "fast", loop: false } as const;
  const shape = cameraShape(camera, detector.shape);
  return open(camera.driver, { settings, shape, clock, log, fileStart: START_MS });
}

/** A copy of the first frame, for which the video is opened once more. */
async function firstFrame(
  options: ReplayOptions,
  signal: AbortSignal,
): Promise<{ data: Uint8Array; picture: Picture }> {
  const video = await openVideo(options);
  for await (const frame of video.frames(signal)) {
    const first = { data: frame.data.slice(), picture: frame.picture };
    frame.release();
    return first;
  }
  signal.throwIfAborted();
  throw noFrames(options.camera.source);
}

function summaryOf(played: Played, bareFps: number, { everyFrame, camera, modelName }: ReplayOptions): ReplaySummary {
  const { shownFrames, frames, unusableFrames, warnings, personPx, wallS, totals } = played;
  return {
    mode: everyFrame ? "every-frame" : "as-live",
    maxFps: everyFrame ? null : camera.fps,
    shownFrames,
    frames,
    unusableFrames,
    warnings,
    wallS: round(wallS, 3),
    fps: round(frames / wallS, 2),
    bareInferenceFps: round(bareFps, 2),
    inferencesPerFrame: runsOf(camera),
    personPx,
    peakRssMb: Math.round((process.resourceUsage().maxRSS * 1024) / MB),
    model: modelName,
    ...totals,
  };
}

/** A fault that a person can mend says what it left; one of ours keeps its stack. */
function stoppedAfter(frames: number, error: unknown, outDir: string): unknown {
  if (!(error instanceof AppError)) return error;
  const { code, hint, retryable } = error;
  const message = `${error.message} (after ${frames} frames; what was counted until then is in ${outDir})`;
  return new AppError(message, { code, hint, retryable, cause: error });
}

function nothingUsable(frames: number, model: string): AppError {
  return new AppError(`The output of ${model} was not finite (NaN or infinite) on all ${frames} frames`, {
    code: "MODEL_INVALID",
    hint: "Export the model anew, or use ssdlite-mobilenetv2.",
  });
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
