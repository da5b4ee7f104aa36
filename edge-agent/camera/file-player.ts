import type { Source } from "../../firmware-config/config/source.ts";
import { AppError } from "../../firmware-config/kit/errors.ts";
import { type CameraJob, type FileStart, frameBytesOf, probeTimeoutMs, thinnedFps } from "./camera-parts.ts";
import { redact } from "./credentials.ts";
import { FileTimes } from "./file-times.ts";
import { FrameQueue } from "./frame-queue.ts";
import type { Frame } from "./port.ts";
import { type Probe, tellChoice, unreadable } from "./probe.ts";
import type { ReaderProgram } from "./reader.ts";
import { type RunEnd, type RunOptions, runReader, saidAtEnd } from "./run-reader.ts";
import { assertFile } from "./video-file.ts";

type FileSource = Extract<Source, { kind: "file" }>;

/** For a file that states no rate. */
const ASSUMED_FPS = 25;

/**
 * A file may show so many frames fewer than its header says, and so great a share: decoders leave out a few at a cut, and
 * AVI counts doubled pictures that are stored as nothing.
 */
const FEWER_FRAMES = 2;
const FEWER_SHARE = 0.01;

/** Plays a file once, or round and round. Throws VIDEO_NOT_FOUND, VIDEO_UNREADABLE, CAMERA_LOST when the disk hangs. */
export async function* playFile(source: FileSource, job: CameraJob): AsyncGenerator<Frame, void, void> {
  await assertFile(source.path);
  const timeoutMs = probeTimeoutMs(job.parts.settings);
  const probe = await job.reader.probe(source, { timeoutMs, signal: job.signal });
  tellChoice(probe, job.parts.settings.id, job.parts.log);
  const run = fileRun(probe, job);
  for (;;) {
    const before = run.times.seen;
    const end = yield* runReader({ ...run, program: programOf(source, probe, job) });
    if (job.signal.aborted) return;
    if (job.decoder.onEnd(end.frames, redact(saidAtEnd(end), []).trim().split("\n").at(-1) ?? "")) continue;
    judge(end, { source, probe, job, shownFrames: run.times.seen - before, lastS: run.times.lastInRoundS });
    if (!job.parts.settings.loop) break;
    await assertFile(source.path);
  }
  job.progress.status = "ended";
}

function programOf(source: FileSource, { picture, stream, codec, fps }: Probe, job: CameraJob): ReaderProgram {
  const { settings, shape } = job.parts;
  const { pace } = settings;
  const plan = { pace, shape, picture, stream, codec, maxFps: thinnedFps(settings, fps), decoder: job.decoder.decoder };
  return job.reader.program(source, plan);
}

function fileRun(probe: Probe, job: CameraJob): Omit<RunOptions, "program"> & { readonly times: FileTimes } {
  const { parts, progress, signal } = job;
  const { settings, shape, clock } = parts;
  const fps = probe.fps > 0 ? probe.fps : ASSUMED_FPS;
  const realtime = settings.pace === "realtime";
  const startMs = startOf(parts.fileStart ?? (realtime ? "now" : "ends-now"), clock.nowMs(), probe.durationS);
  const times = new FileTimes({ startMs, fps, clock: realtime ? clock : undefined });
  const keep = realtime ? "newest" : "lossless";
  const { parts: wanted } = shape;
  const queue = new FrameQueue({ cameraId: settings.id, frameBytes: frameBytesOf(shape), keep, times, parts: wanted });
  progress.queue = queue;
  progress.times = times;
  return { queue, times, progress, picture: probe.picture, clock, stallS: settings.stallS, signal };
}

function startOf(start: FileStart, nowMs: number, durationS: number): number {
  if (start === "now") return nowMs;
  return start === "ends-now" ? nowMs - Math.round(durationS * 1000) : start;
}

interface Judged {
  readonly source: FileSource;
  readonly probe: Probe;
  readonly job: CameraJob;
  /** Frames of this run, those too that `fps` left out. */
  readonly shownFrames: number;
  /** When its last frame that came was shown, seconds since its first one. */
  readonly lastS: number;
}

/** A file that gave no frame throws; one that is damaged further on keeps its frames and is warned about. */
function judge(end: RunEnd, { source, probe, job, shownFrames, lastS }: Judged): void {
  if (end.startError !== undefined) throw job.reader.missing(end.startError);
  if (end.stalled) throw unreadFile(source.path, job.parts.settings.stallS);
  if (end.frames === 0) throw unreadable(source, saidAtEnd(end));
  const isShort = lacksFrames(probe, shownFrames) && (!probe.isFramesGuess || lacksTime(probe, lastS, job));
  const saysDamage = end.stderr !== "" && !job.decoder.isHardware;
  if (end.code === 0 && !saysDamage && !isShort) return;
  const detail = redact(saidAtEnd(end), []).trim().split("\n").at(-1);
  const fields = {
    camera: job.parts.settings.id,
    frames: end.frames,
    shownFrames,
    expectedFrames: probe.frames,
    detail,
  };
  job.parts.log.warn(fields, "video file is damaged; the frames that could be read were used");
  const of = probe.frames > shownFrames ? ` of the ${probe.frames} that it says it has` : "";
  job.progress.warning = `the video is damaged: ${shownFrames} frames could be read${of}; what happened in the others is not counted`;
}

function lacksFrames({ frames }: Probe, shownFrames: number): boolean {
  return frames - shownFrames > Math.max(FEWER_FRAMES, FEWER_SHARE * frames);
}

/** A variable rate has fewer frames than length x mean rate says, but is as long; thinning leaves out up to 1/`fps` at the end. */
function lacksTime({ durationS, fps }: Probe, lastS: number, { parts }: CameraJob): boolean {
  const between = 1 / Math.min(fps, parts.settings.fps);
  return durationS - lastS - between > Math.max(FEWER_FRAMES / fps, FEWER_SHARE * durationS);
}

function unreadFile(path: string, stallS: number): AppError {
  return new AppError(`${path}: nothing could be read for ${stallS} s`, {
    code: "CAMERA_LOST",
    hint: "Check the disk or network share that holds the file.",
    retryable: true,
  });
}
