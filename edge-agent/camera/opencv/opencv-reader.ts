import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Source } from "../../../firmware-config/config/source.ts";
import { AppError, messageOf } from "../../../firmware-config/kit/errors.ts";
import { scriptUrl } from "../../../firmware-config/kit/script-url.ts";
import type { Picture } from "../port.ts";
import { type Probe, pixelAspect, unreadable } from "../probe.ts";
import type { Reader, ReaderProgram, ReadPlan } from "../reader.ts";
import { compareWithFfprobe } from "./compare-with-ffprobe.ts";
import { findBinding, notBuilt } from "./opencv-build.ts";
import { type Found, NOT_LOADED, type Request } from "./request.ts";

interface Limits {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

const MAX_OUTPUT_BYTES = 1 << 20;
const VERSION_TIMEOUT_MS = 20_000;
/**
 * For OpenCV's libav, as the ffmpeg driver says it, but for time-outs, which OpenCV has of its own (30 s). Not for files: without a buffer
 * libav forgets the frames that it looked at first.
 */
const RTSP_OPTIONS = "rtsp_transport;tcp|fflags;+genpts+discardcorrupt+nobuffer";
const run = promisify(execFile);

/** A worker with OpenCV in it asks, reads, scales, letterboxes and thins. */
export class OpencvReader implements Reader {
  readonly #binding: string;

  /** `binding` is the compiled file, as of `findBinding`. */
  constructor(binding: string) {
    this.#binding = binding;
  }

  async probe(source: Source, limits: Limits): Promise<Probe> {
    const probe = probeOf(await this.#look(source, limits), source);
    return source.kind === "file" ? compareWithFfprobe(source, probe, limits) : probe;
  }

  program(source: Source, plan: ReadPlan): ReaderProgram {
    const parts = plan.shape.parts?.of(plan.picture) ?? [];
    return workerProgram({ binding: this.#binding, source, plan: { ...plan, parts } });
  }

  missing(cause: unknown): AppError {
    return notBuilt(`cannot start its process: ${messageOf(cause)}`);
  }

  async #look(source: Source, limits: Limits): Promise<Found> {
    try {
      return JSON.parse(await ask({ binding: this.#binding, source }, limits));
    } catch (cause) {
      limits.signal.throwIfAborted();
      if (cause instanceof AppError) throw cause;
      throw unreadable(source, saidBy(cause));
    }
  }
}

/** Loads the binding in a process of its own; OpenCV's version. Throws OPENCV_NOT_BUILT. */
export async function checkOpencv(binding: string = findBinding()): Promise<string> {
  const limits = { timeoutMs: VERSION_TIMEOUT_MS, signal: new AbortController().signal };
  try {
    const { version }: { version: string } = JSON.parse(await ask({ binding }, limits));
    return version;
  } catch (cause) {
    throw cause instanceof AppError ? cause : notBuilt(`does not load: ${saidBy(cause)}`);
  }
}

function workerProgram(request: Request): Required<ReaderProgram> {
  const script = fileURLToPath(scriptUrl(import.meta.url, "edge-agent", "camera/opencv/opencv-worker.js"));
  const isRtsp = request.source?.kind === "rtsp";
  const env = { OPENCV_LOG_LEVEL: "ERROR", ...(isRtsp ? { OPENCV_FFMPEG_CAPTURE_OPTIONS: RTSP_OPTIONS } : {}) };
  return { path: process.execPath, args: [script], env, input: JSON.stringify(request) };
}

async function ask(request: Request, { timeoutMs, signal }: Limits): Promise<string> {
  const { path, args, env, input } = workerProgram(request);
  const limits = { timeout: timeoutMs, maxBuffer: MAX_OUTPUT_BYTES, killSignal: "SIGKILL", signal } as const;
  const asked = run(path, args, { ...limits, env: { ...process.env, ...env } });
  asked.child.stdin?.on("error", () => {}).end(input);
  try {
    return (await asked).stdout;
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === NOT_LOADED)
      throw notBuilt(`does not load: ${saidBy(cause)}`);
    throw cause;
  }
}

function probeOf(found: Found, source: Source): Probe {
  if (found.isStill) throw unreadable(source, "a still picture, no film");
  const { fps, frames } = found;
  const picture = shownPicture(found);
  const durationS = fps > 0 ? frames / fps : 0;
  return { stream: 0, pictures: [picture], picture, fps, durationS, frames, isFramesGuess: true };
}

/** OpenCV turns a picture by itself but leaves its pixels as they are; scaling to these proportions makes them square. */
function shownPicture({ width, height, turnedBy, ...found }: Found): Picture {
  const aspect = pixelAspect(found.pixelAspect);
  const isUpright = Math.abs(turnedBy) % 180 !== 90;
  if (isUpright) return { width: Math.max(1, Math.round(width * aspect)), height };
  return { width, height: Math.max(1, Math.round(height * aspect)) };
}

/** The last of what a worker said; a time-out leaves nothing, and of a crash there is the signal alone. */
function saidBy(cause: unknown): string {
  if (!(cause instanceof Error)) return "";
  if ("killed" in cause && cause.killed === true) return "no answer in time";
  const said = "stderr" in cause && typeof cause.stderr === "string" ? cause.stderr.trim() : "";
  if (said !== "") return said.split("\n").at(-1) ?? "";
  return "signal" in cause && typeof cause.signal === "string"
    ? `OpenCV ended by ${cause.signal}`
    : "OpenCV cannot open it";
}
