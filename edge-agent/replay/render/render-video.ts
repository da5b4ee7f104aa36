import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtemp, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { sourceOf } from "../../../firmware-config/config/source.ts";
import { AppError } from "../../../firmware-config/kit/errors.ts";
import { assertReplaceable, DRAFT_PREFIX, onDisk, writeWhole } from "../../../firmware-config/kit/on-disk.ts";
import { DEFAULT_FFMPEG, ffmpegMissing, findFfmpeg } from "../../camera/ffmpeg/ffmpeg-tools.ts";
import { probeSource } from "../../camera/ffmpeg/ffprobe.ts";
import type { Picture } from "../../camera/port.ts";
import { StderrTail } from "../../camera/stderr-tail.ts";
import { overlayLines, type Scene } from "./overlay.ts";

export interface RenderOptions {
  /** The video that was replayed. */
  readonly source: string;
  readonly outFile: string;
  readonly scene: Omit<Scene, "picture" | "lengthS">;
  readonly signal: AbortSignal;
  /** Seconds of the video that are done, of so many. */
  readonly onProgress: (atS: number, lengthS: number) => void;
}

const PROBE_MS = 20_000;
/** Smaller videos are enlarged, for their words to be read. */
const LEAST_HEIGHT = 480;
/** But not a strip of pixels to more than an encoder takes: H.264's sides end at 16384. */
const MOST_ENLARGED = 4096;
const OVERLAY = "overlay.ass";

/**
 * Writes the video once more with what was seen and counted drawn over it, for a person to judge; whole or not at all, and
 * readable by this user alone, for it shows people. Throws `AppError`, or the reason of `signal`.
 */
export async function renderVideo({ source, outFile, scene, signal, onProgress }: RenderOptions): Promise<void> {
  await assertReplaceable(outFile);
  const tools = await findFfmpeg(DEFAULT_FFMPEG);
  const video = sourceOf(source);
  if (video.kind !== "file") throw notAFile();
  const { picture, stream, durationS } = await probeSource(video, { tools, timeoutMs: PROBE_MS, signal });
  const folder = await mkdtemp(join(tmpdir(), "kazoe-render-"));
  // Of this command alone: of two that draw the same file each gives a whole one.
  const draft = join(dirname(outFile), `${DRAFT_PREFIX}${randomUUID()}.mp4`);
  try {
    const lines = overlayLines({ ...scene, picture, lengthS: durationS });
    await writeWhole(join(folder, OVERLAY), { parts: withEnds(lines), mode: 0o600 });
    await onDisk(outFile, async () => {
      await writeWhole(draft, { parts: [], mode: 0o600 });
      const args = argumentsOf({ input: `file:${video.path}`, stream, picture, out: draft });
      await run(tools.ffmpegPath, args, { cwd: folder, signal, onTime: (atS) => onProgress(atS, durationS) });
      await rename(draft, outFile);
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
    // Where there is no such folder there is nothing to remove either.
    await rm(draft, { force: true }).catch(() => {});
  }
}

/** Node writes each part by itself: a few thousand lines at a time are as fast as all. */
function* withEnds(lines: Iterable<string>): Iterable<string> {
  let held: string[] = [];
  for (const line of lines) {
    held.push(line, "\n");
    if (held.length < 4096) continue;
    yield held.join("");
    held = [];
  }
  yield held.join("");
}

interface Job {
  readonly input: string;
  readonly stream: number;
  readonly picture: Picture;
  readonly out: string;
}

function argumentsOf({ input, stream, picture, out }: Job): string[] {
  const most = Math.floor(MOST_ENLARGED / Math.max(picture.width, picture.height));
  const scale = Math.max(1, Math.min(most, Math.ceil(LEAST_HEIGHT / picture.height)));
  const even = (side: number) => 2 * Math.ceil((side * scale) / 2);
  // The overlay's times count from the first frame; its name stands in a folder of ours, so that no path has to be escaped.
  const filters = [
    "setpts=PTS-STARTPTS",
    `scale=${even(picture.width)}:${even(picture.height)}`,
    "setsar=1",
    `ass=${OVERLAY}`,
    "format=yuv420p",
  ];
  return [
    ...["-nostdin", "-hide_banner", "-v", "error", "-progress", "pipe:1", "-y", "-i", input, "-map", `0:${stream}`],
    ...["-an", "-sn", "-dn", "-vf", filters.join(","), "-c:v", "libx264", "-preset", "veryfast", "-crf", "23"],
    ...["-movflags", "+faststart", "-f", "mp4", `file:${out}`],
  ];
}

interface RunOptions {
  readonly cwd: string;
  readonly signal: AbortSignal;
  readonly onTime: (atS: number) => void;
}

async function run(ffmpeg: string, args: readonly string[], { cwd, signal, onTime }: RunOptions): Promise<void> {
  const child = spawn(ffmpeg, args, { cwd, stdio: ["ignore", "pipe", "pipe"] });
  const stop = () => child.kill("SIGKILL");
  signal.addEventListener("abort", stop, { once: true });
  const said = new StderrTail(child.stderr);
  createInterface({ input: child.stdout }).on("line", (line) => {
    const us = /^out_time_us=(\d+)/.exec(line)?.[1];
    if (us !== undefined) onTime(Number(us) / 1e6);
  });
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once("error", (cause) => reject(ffmpegMissing(ffmpeg, cause)));
      child.once("close", resolve);
    });
    signal.throwIfAborted();
    if (code !== 0) throw notDrawn(said.text.trim().split("\n").at(-1) ?? "");
  } finally {
    signal.removeEventListener("abort", stop);
    stop();
  }
}

function notAFile(): AppError {
  const hint = "Record a while with ffmpeg, and replay the file.";
  return new AppError("Only a video file can be drawn over: a camera shows nothing twice", { code: "USAGE", hint });
}

function notDrawn(said: string): AppError {
  const isFull = /No space left on device/.test(said);
  const hint = isFull
    ? "Free some space and run the command again."
    : "Install ffmpeg with libass and libx264, as Debian's is.";
  return new AppError(`The video cannot be drawn: ${said || "ffmpeg gives no reason"}`, {
    code: isFull ? "DISK_FULL" : "FFMPEG_NOT_FOUND",
    hint,
  });
}
