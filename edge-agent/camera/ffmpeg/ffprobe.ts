import { execFile } from "node:child_process";
import { promisify } from "node:util";
import Type from "typebox";
import type { Source } from "../../../firmware-config/config/source.ts";
import { systemCodeOf } from "../../../firmware-config/kit/errors.ts";
import { SchemaCheck } from "../../../firmware-config/kit/schema-check.ts";
import type { Picture } from "../port.ts";
import { type Probe, pixelAspect, unreadable } from "../probe.ts";
import { inputArguments } from "./ffmpeg-arguments.ts";
import { type FfmpegTools, ffmpegMissing } from "./ffmpeg-tools.ts";

const ProbeOutput = Type.Object({
  streams: Type.Array(
    Type.Object({
      index: Type.Optional(Type.Integer({ minimum: 0 })),
      codec_name: Type.Optional(Type.String()),
      width: Type.Optional(Type.Number()),
      height: Type.Optional(Type.Number()),
      sample_aspect_ratio: Type.Optional(Type.String()),
      avg_frame_rate: Type.Optional(Type.String()),
      r_frame_rate: Type.Optional(Type.String()),
      nb_frames: Type.Optional(Type.String()),
      duration: Type.Optional(Type.String()),
      tags: Type.Optional(Type.Object({ rotate: Type.Optional(Type.String()) })),
      side_data_list: Type.Optional(Type.Array(Type.Object({ rotation: Type.Optional(Type.Number()) }))),
    }),
  ),
  format: Type.Optional(Type.Object({ duration: Type.Optional(Type.String()) })),
});
const probeOutput = new SchemaCheck(ProbeOutput);
type ProbeOutput = Type.Static<typeof ProbeOutput>;
type ProbeStream = ProbeOutput["streams"][number];

/** The rotation is in a list that ffprobe 4.3 only shows whole. */
const ENTRIES = [
  "stream=index,codec_name,width,height,sample_aspect_ratio,avg_frame_rate,r_frame_rate,nb_frames,duration",
  "stream_tags=rotate",
  "stream_side_data_list",
  "format=duration",
].join(":");
const MAX_OUTPUT_BYTES = 1 << 20;
const run = promisify(execFile);

/**
 * Asks ffprobe for the picture's size, rate and length, within `timeoutMs`.
 * Throws VIDEO_UNREADABLE for a file without a picture, CAMERA_LOST for a live source that does not answer.
 */
export async function probeSource(
  source: Source,
  options: { readonly tools: FfmpegTools; readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<Probe> {
  const { tools, timeoutMs, signal } = options;
  const input = inputArguments(source, { version: tools.version, pace: "fast" });
  const args = ["-v", "error", ...input, "-select_streams", "V", "-show_entries", ENTRIES, "-of", "json"];
  try {
    const limits = { timeout: timeoutMs, maxBuffer: MAX_OUTPUT_BYTES, killSignal: "SIGKILL", signal } as const;
    return probeOf((await run(tools.ffprobePath, args, limits)).stdout);
  } catch (cause) {
    signal.throwIfAborted();
    if (isMissing(cause)) throw ffmpegMissing(tools.ffprobePath, cause);
    throw unreadable(source, stderrOf(cause));
  }
}

/** Reads ffprobe's JSON; throws when there is no picture in it. */
export function probeOf(json: string): Probe {
  const output: unknown = JSON.parse(json);
  if (!probeOutput.check(output)) throw new Error(probeOutput.faultOf(output));
  const shown = output.streams.flatMap((stream, place) => {
    const { index = place, width = 0, height = 0 } = stream;
    return width > 0 && height > 0 ? [{ index, stream, picture: pictureOf({ width, height }, stream) }] : [];
  });
  const [largest] = shown.toSorted((a, b) => areaOf(b.picture) - areaOf(a.picture));
  if (largest === undefined) throw new Error("no picture");
  const { stream, picture } = largest;
  const fps = rateOf(stream.avg_frame_rate) || rateOf(stream.r_frame_rate);
  const frames = numberOf(stream.nb_frames);
  const durationS = numberOf(stream.duration) || numberOf(output.format?.duration) || (fps > 0 ? frames / fps : 0);
  const pictures = shown.map((one) => one.picture);
  return { stream: largest.index, codec: stream.codec_name, pictures, picture, fps, durationS, frames };
}

function areaOf({ width, height }: Picture): number {
  return width * height;
}

/** ffmpeg turns a picture by itself but leaves its pixels as they are; scaling to these proportions makes them square. */
function pictureOf(stored: Picture, stream: ProbeStream): Picture {
  const width = Math.max(1, Math.round(stored.width * pixelAspectOf(stream)));
  const upright = Math.abs(rotationOf(stream)) % 180 !== 90;
  return upright ? { width, height: stored.height } : { width: stored.height, height: width };
}

function pixelAspectOf(stream: ProbeStream): number {
  return pixelAspect(rateOf(stream.sample_aspect_ratio?.replace(":", "/")));
}

function rotationOf(stream: ProbeStream): number {
  const sideData = stream.side_data_list?.find((entry) => entry.rotation !== undefined);
  return sideData?.rotation ?? numberOf(stream.tags?.rotate);
}

/** `30000/1001` as a number; 0 for `0/0` and nonsense. */
function rateOf(text: string | undefined): number {
  const [numerator, denominator = "1"] = (text ?? "").split("/");
  const rate = Number(numerator) / Number(denominator);
  return Number.isFinite(rate) && rate > 0 ? rate : 0;
}

function numberOf(text: string | undefined): number {
  const value = Number(text ?? "");
  return Number.isFinite(value) ? value : 0;
}

function isMissing(cause: unknown): boolean {
  const code = systemCodeOf(cause);
  return code === "ENOENT" || code === "EACCES";
}

/** execFile hangs ffprobe's stderr on its error; a time-out leaves it empty. */
function stderrOf(cause: unknown): string {
  if (!(cause instanceof Error)) return "";
  if ("killed" in cause && cause.killed === true) return "no answer in time";
  return "stderr" in cause && typeof cause.stderr === "string" ? cause.stderr : cause.message;
}
