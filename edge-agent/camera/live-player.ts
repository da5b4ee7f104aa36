import { type Source, sourceLabel } from "../../firmware-config/config/source.ts";
import { AppError, messageOf } from "../../firmware-config/kit/errors.ts";
import { backOffMs, pause } from "../../firmware-config/kit/pause.ts";
import { type CameraJob, frameBytesOf, probeTimeoutMs, thinnedFps } from "./camera-parts.ts";
import { redact, secretsOf, withCredentials } from "./credentials.ts";
import { FrameQueue } from "./frame-queue.ts";
import { LiveTimes } from "./frame-times.ts";
import type { Frame } from "./port.ts";
import { type Probe, tellChoice } from "./probe.ts";
import { type RunEnd, type RunOptions, runReader, saidAtEnd } from "./run-reader.ts";

/** A run that lasted so long shows that the camera works: the next wait is a short one. */
const STEADY_S = 10;
const FIRST_WAIT_MS = 1000;
const MOST_WAIT_MS = 30_000;

/**
 * Plays a live source until `signal` aborts, reopening it for as long as it takes. What a camera that never worked cannot be
 * opened for throws, when waiting does not mend it; nothing else does.
 */
export async function* playLive(source: Source, job: CameraJob): AsyncGenerator<Frame, void, void> {
  let attempt = 0;
  const queue = liveQueue(job);
  job.progress.queue = queue;
  while (!job.signal.aborted) {
    const opened = await open(source, queue, job);
    if (opened === undefined) job.decoder.onNoRun();
    else {
      const end = yield* run(opened, job);
      if (job.signal.aborted) return;
      if (end === undefined) job.decoder.onNoRun();
      else {
        const detail = lastLine(end, opened.source);
        if (job.decoder.onEnd(end.frames, detail)) continue;
        report(end, { source: opened.source, detail, job });
        if (end.lastedS >= STEADY_S && end.frames > 0) attempt = 0;
      }
    }
    await waitBeforeRetry(attempt++, job);
  }
}

interface Opened {
  readonly source: Source;
  readonly run: RunOptions;
}

/** Probes the source; undefined when it does not answer now. Probed each time: a camera may come back with another picture. */
async function open(source: Source, queue: FrameQueue, job: CameraJob): Promise<Opened | undefined> {
  const { parts, reader, signal } = job;
  try {
    const full = await withCredentials(source, parts.settings);
    const probe = await reader.probe(full, { timeoutMs: probeTimeoutMs(parts.settings), signal });
    tellChoice(probe, parts.settings.id, parts.log);
    return { source: full, run: liveRun(full, { queue, job, probe }) };
  } catch (error) {
    if (signal.aborted) return undefined;
    if (isFinal(error, queue)) throw error;
    parts.log.warn({ camera: parts.settings.id, detail: messageOf(error) }, "camera cannot be opened");
    return undefined;
  }
}

/** One run; undefined when this machine could not start it now: no files, no room, no memory. */
async function* run(opened: Opened, job: CameraJob): AsyncGenerator<Frame, RunEnd | undefined, void> {
  try {
    return yield* runReader(opened.run);
  } catch (error) {
    const fields = { camera: job.parts.settings.id, source: sourceLabel(opened.source), detail: messageOf(error) };
    if (!job.signal.aborted) job.parts.log.warn(fields, "camera cannot be read");
    return undefined;
  }
}

function liveRun(
  source: Source,
  { queue, job, probe }: { readonly queue: FrameQueue; readonly job: CameraJob; readonly probe: Probe },
): RunOptions {
  const { picture, stream, codec } = probe;
  const { parts, reader, progress, decoder, signal } = job;
  const { shape, clock, settings } = parts;
  const maxFps = thinnedFps(settings, probe.fps);
  const program = reader.program(source, {
    ...{ shape, picture, stream, codec, maxFps },
    ...{ pace: "realtime", decoder: decoder.decoder },
  });
  return { program, queue, progress, picture, clock, stallS: settings.stallS, signal };
}

function liveQueue(job: CameraJob): FrameQueue {
  const { settings, shape, clock } = job.parts;
  const times = new LiveTimes(clock);
  const { parts } = shape;
  return new FrameQueue({ cameraId: settings.id, frameBytes: frameBytesOf(shape), keep: "newest", times, parts });
}

/** What nobody can mend by waiting ends the camera, unless it has worked before. */
function isFinal(error: unknown, queue: FrameQueue): boolean {
  return queue.completed === 0 && !(error instanceof AppError && error.retryable);
}

function lastLine(end: RunEnd, source: Source): string {
  return redact(saidAtEnd(end), secretsOf(source)).trim().split("\n").at(-1) ?? "";
}

interface Reported {
  readonly source: Source;
  readonly detail: string;
  readonly job: CameraJob;
}

function report({ frames, stalled }: RunEnd, { source, detail, job }: Reported): void {
  const fields = { camera: job.parts.settings.id, source: sourceLabel(source), frames, stalled, detail };
  job.parts.log.warn(fields, "camera stopped sending pictures");
}

async function waitBeforeRetry(attempt: number, job: CameraJob): Promise<void> {
  if (job.signal.aborted) return;
  job.progress.status = "lost";
  await pause(backOffMs(attempt, FIRST_WAIT_MS, MOST_WAIT_MS, job.parts.random), job.signal);
  if (!job.signal.aborted) job.progress.reconnects++;
}
