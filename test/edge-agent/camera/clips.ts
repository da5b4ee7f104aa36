import { execFile, execFileSync } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import type { CameraParts, CameraSettings, FileStart } from "../../../edge-agent/camera/camera-parts.ts";
import { FfmpegCamera } from "../../../edge-agent/camera/ffmpeg/ffmpeg-camera.ts";
import type { FfmpegPaths } from "../../../edge-agent/camera/ffmpeg/ffmpeg-tools.ts";
import { findBinding } from "../../../edge-agent/camera/opencv/opencv-build.ts";
import { OpencvCamera } from "../../../edge-agent/camera/opencv/opencv-camera.ts";
import type { Camera, FrameShape } from "../../../edge-agent/camera/port.ts";
import { systemClock } from "../../../firmware-config/kit/clock.ts";
import type { Log } from "../../../firmware-config/kit/log.ts";
import { HOME } from "../../support/home.ts";

const run = promisify(execFile);

/** Frames of the test clips: the picture is 64 x 48 and frame n is grey 40 + 4n. */
export const CLIP = { width: 64, height: 48, fps: 10, frames: 30 } as const;
export const SHAPE: FrameShape = { width: 32, height: 32, pixelFormat: "rgb24", padValue: 7, padAlign: "centre" };

/** False, with a plain message, on a machine without ffmpeg. */
export function hasFfmpeg(): boolean {
  try {
    execFileSync("ffmpeg", ["-version"], { stdio: "ignore" });
    return true;
  } catch {
    console.warn("skipped: no ffmpeg on this machine");
    return false;
  }
}

/** False, with a plain message, where `npm run setup:opencv` was not run for this Node. */
export function hasOpencv(): boolean {
  try {
    findBinding(HOME);
    return true;
  } catch {
    console.warn("skipped: the camera driver opencv is not built here; npm run setup:opencv builds it");
    return false;
  }
}

/** Writes a clip; the codec follows from the name's ending unless given. */
export async function makeClip(folder: string, name: string, output: readonly string[] = []): Promise<string> {
  const path = join(folder, name);
  const size = `s=${CLIP.width}x${CLIP.height}:r=${CLIP.fps}:d=${CLIP.frames / CLIP.fps}`;
  const picture = `nullsrc=${size},geq=lum=40+4*N:cb=128:cr=128,format=yuv420p`;
  await run("ffmpeg", ["-v", "error", "-f", "lavfi", "-i", picture, ...output, "-y", path]);
  return path;
}

/** An mp4 whose track header turns the picture by a quarter to the right: matrix (0, 1; -1, 0) in 16.16 fixed point. */
export function turn(mp4: Buffer): Buffer {
  const turned = Buffer.from(mp4);
  const matrix = turned.indexOf("tkhd") + 44;
  for (const [place, value] of [0, 0x10000, 0, -0x10000, 0].entries()) turned.writeInt32BE(value, matrix + 4 * place);
  return turned;
}

export interface Recorded {
  readonly message: string;
  readonly fields: object;
}

/** Keeps every line. */
export function recorder(): { readonly log: Log; readonly lines: Recorded[] } {
  const lines: Recorded[] = [];
  const add = (fields: object, message: string) => void lines.push({ fields, message });
  return { log: { debug: add, info: add, warn: add, error: add }, lines };
}

export interface TestCamera extends Partial<CameraSettings> {
  readonly source: string;
  readonly shape?: FrameShape;
  readonly log?: Log;
  readonly fileStart?: FileStart;
  readonly ffmpeg?: FfmpegPaths;
}

/** Opens a camera of the driver under test. */
export type OpenCamera = (camera: TestCamera) => Promise<Camera>;

/** What a camera is made of that reads fast, and reconnects without waiting long. */
export function partsOf(camera: TestCamera): CameraParts {
  const { shape = SHAPE, log = recorder().log, fileStart, ffmpeg: _, ...settings } = camera;
  return {
    settings: { id: "door", pace: "fast", loop: false, fps: 60, stallS: 5, ...settings },
    shape,
    clock: systemClock,
    log,
    fileStart,
    random: () => 1,
  };
}

/** A camera of the ffmpeg driver, for what is its own. */
export function createCamera(camera: TestCamera): FfmpegCamera {
  return new FfmpegCamera(partsOf(camera), camera.ffmpeg);
}

/** A camera of the opencv driver. */
export function createOpencvCamera(camera: TestCamera): OpencvCamera {
  return new OpencvCamera(partsOf(camera), HOME);
}

/** What a frame was, copied before it is released. */
export interface Seen {
  readonly index: number;
  readonly captureMs: number;
  readonly atS: number;
  /** Red sample in the middle of the frame. */
  readonly centre: number;
  /** First sample: the letterbox's margin. */
  readonly corner: number;
}

export interface Take {
  readonly atMost?: number;
  readonly signal?: AbortSignal;
  readonly pauseMs?: number;
  /** Looks on after each frame; is waited for. */
  readonly onFrame?: (count: number) => unknown;
}

/** Pulls frames until the camera ends, `atMost` came or `signal` aborts. */
export async function collect(camera: Camera, take: Take = {}): Promise<Seen[]> {
  const { atMost = Number.POSITIVE_INFINITY, signal = new AbortController().signal, pauseMs = 0, onFrame } = take;
  const seen: Seen[] = [];
  for await (const frame of camera.frames(signal)) {
    const { index, captureMs, atS, data } = frame;
    const centre = data[(SHAPE.height / 2) * SHAPE.width * 3 + (SHAPE.width / 2) * 3] ?? 0;
    seen.push({ index, captureMs, atS, centre, corner: data[0] ?? 0 });
    if (pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs));
    await onFrame?.(seen.length);
    frame.release();
    if (seen.length >= atMost) break;
  }
  return seen;
}
