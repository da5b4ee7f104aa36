import { basename } from "node:path";
import { FfmpegCamera } from "../../edge-agent/camera/ffmpeg/ffmpeg-camera.ts";
import type { Camera, Frame } from "../../edge-agent/camera/port.ts";
import { detectAhead } from "../../edge-agent/detector/detect-ahead.ts";
import { createDetector, type OnnxDetector } from "../../edge-agent/detector/onnx-detector.ts";
import { systemClock } from "../../firmware-config/kit/clock.ts";
import { createLog } from "../../firmware-config/kit/log.ts";
import type { ModelFile } from "../../models/model-store.ts";
import type { BenchResult } from "./result.ts";
import { median } from "./result.ts";

const ROUND_FRAMES = 100;
const BARE_ROUND_S = 0.5;

export interface ReplayOptions {
  readonly video: string;
  readonly model: ModelFile;
  /** 0 = all cores. */
  readonly threads: number;
  /** Frames per second of the video that are worked on at most, as of a shop's camera; infinite = every frame. */
  readonly fps: number;
}

interface Round {
  readonly fps: number;
  readonly bareFps: number;
  readonly inferenceMs: number;
}

/** Frames per second of camera -> detector against the same session alone: short rounds in turn, so that other load slows both alike. */
export async function runReplayBench({ video, model, threads, fps }: ReplayOptions): Promise<BenchResult> {
  const detector = await createDetector(model, { threads, minScore: 0.1, nmsIou: 0.6 });
  try {
    const name = `${model.name} on ${basename(video)}: camera and detector beside the bare session, in turn, medians`;
    const camera = openVideo(detector, video, fps);
    const lines = report(await replay(detector, camera));
    return { name, lines: [modeText(camera, fps), ...lines] };
  } finally {
    await detector.close();
  }
}

/** Times full rounds only, and not the first, which warms up. */
async function replay(detector: OnnxDetector, camera: Camera): Promise<Round[]> {
  const sample = new Uint8Array(detector.shape.width * detector.shape.height * 3);
  const rounds: Round[] = [];
  let frames = 0;
  let startMs = performance.now();
  for await (const _ of detectAhead(sampled(camera.frames(new AbortController().signal), sample), detector)) {
    if (++frames % ROUND_FRAMES !== 0) continue;
    const fps = (ROUND_FRAMES * 1000) / (performance.now() - startMs);
    const inferenceMs = detector.takeStats().meanInferenceMs;
    rounds.push({ fps, inferenceMs, bareFps: await detector.benchmark(sample, BARE_ROUND_S) });
    startMs = performance.now();
  }
  return rounds.slice(1);
}

function openVideo(detector: OnnxDetector, source: string, fps: number): Camera {
  const settings = { id: "bench", source, pace: "fast", loop: false, fps, stallS: 20 } as const;
  return new FfmpegCamera({ settings, shape: detector.shape, clock: systemClock, log: createLog("warn") });
}

function modeText({ stats }: Camera, fps: number): string {
  const mode = Number.isFinite(fps) ? `as live at fps ${fps}` : "every frame";
  return `frames used:              ${stats.frames} of ${stats.shownFrames}, ${mode}`;
}

async function* sampled(frames: AsyncIterable<Frame>, sample: Uint8Array): AsyncGenerator<Frame> {
  for await (const frame of frames) {
    if (frame.index === 0) sample.set(frame.data);
    yield frame;
  }
}

function report(rounds: readonly Round[]): string[] {
  const middle = (value: (round: Round) => number) => median(rounds.map(value));
  return [
    `camera and detector:      ${middle((round) => round.fps).toFixed(1)} fps`,
    `bare session:             ${middle((round) => round.bareFps).toFixed(1)} fps`,
    `ratio:                    ${middle((round) => round.fps / round.bareFps).toFixed(3)}`,
    `time inside the model:    ${middle((round) => (round.fps * round.inferenceMs) / 10).toFixed(1)} %`,
    `peak memory:              ${Math.round(process.resourceUsage().maxRSS / 1024)} MB`,
  ];
}
