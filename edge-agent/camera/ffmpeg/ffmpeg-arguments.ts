import type { Source } from "../../../firmware-config/config/source.ts";
import type { ReadPlan } from "../reader.ts";
import { MARK, TICKS_PER_S } from "../shown-times.ts";
import { decoderArguments } from "./decoder-arguments.ts";
import { frameFilters, rawFormat } from "./ffmpeg-filters.ts";

/** How a source is opened. */
export interface InputOptions {
  /** ffmpeg's version, major * 100 + minor. */
  readonly version: number;
  readonly pace: ReadPlan["pace"];
}

/** Everything that ffmpeg is told about one camera. */
export type StreamOptions = InputOptions & ReadPlan;

/** After so long without a byte from the network ffmpeg itself gives up, microseconds. */
const SOCKET_TIMEOUT_US = 10_000_000;
const LIVE = ["-fflags", "+genpts+discardcorrupt+nobuffer", "-flags", "low_delay", "-use_wallclock_as_timestamps", "1"];
/** A wider picture is decoded by two threads, or the decoder holds up the model. */
const WIDE_PIXELS = 2000;
/** Prints a frame's time before the frame itself comes; `print` leaves out frames without metadata, so each gets some. */
const PRINT_TIME = "metadata=mode=print:file=pipe\\\\:3:direct=1";

/**
 * Pure: the command line that reads `source` and writes raw frames of `shape` to standard output, and a file's
 * presentation times to descriptor 3.
 */
export function ffmpegArguments(source: Source, options: StreamOptions): string[] {
  const threads = options.picture.width > WIDE_PIXELS ? "2" : "1";
  return [
    ...["-nostdin", "-hide_banner", "-v", "error", "-threads", threads, "-filter_threads", "1"],
    ...decoderArguments(options),
    ...inputArguments(source, options),
    ...["-map", `0:${options.stream}`, "-an", "-sn", "-dn", ...passthrough(options.version)],
    ...["-vf", filters(source, options), "-pix_fmt", rawFormat(options.shape), "-f", "rawvideo", "pipe:1"],
  ];
}

/** Pure: the part of the command line that opens the source; ffprobe takes the same. */
export function inputArguments(source: Source, options: InputOptions): string[] {
  if (source.kind === "usb") return [...LIVE, "-f", "v4l2", "-i", source.device];
  if (source.kind === "rtsp") return [...LIVE, "-rtsp_transport", "tcp", ...timeout(options.version), "-i", source.url];
  return [...(options.pace === "realtime" ? ["-re"] : []), "-i", `file:${source.path}`];
}

/** Before version 5 `-timeout` made ffmpeg wait for the camera to call in. */
function timeout(version: number): string[] {
  return [version >= 500 ? "-timeout" : "-stimeout", String(SOCKET_TIMEOUT_US)];
}

/** Each decoded frame once: nothing doubled or left out to keep a rate. */
function passthrough(version: number): string[] {
  return version >= 501 ? ["-fps_mode", "passthrough"] : ["-vsync", "0"];
}

function filters(source: Source, options: StreamOptions): string {
  const { shape, picture, maxFps } = options;
  const thinned = source.kind === "file" ? printedThinning(maxFps) : thinning(maxFps);
  return [...thinned, frameFilters(picture, shape)].join(",");
}

/** Thinning that also tells of each frame that comes, and, where frames are left out, of each that the file shows. */
function printedThinning(maxFps: number): string[] {
  const mark = (mode: "add" | "modify", value: string) => `metadata=mode=${mode}:key=${MARK.key}:value=${value}`;
  const timeBase = `settb=1/${TICKS_PER_S}`;
  if (maxFps === 0) return [timeBase, mark("add", MARK.comes), PRINT_TIME];
  const seen = [mark("add", MARK.seen), PRINT_TIME];
  return [timeBase, ...seen, ...thinning(maxFps), mark("modify", MARK.comes), PRINT_TIME];
}

/**
 * The first frame of every 1/fps second; unlike the `fps` filter it never doubles a frame, and survives a clock that jumps.
 * The same for a live camera and a file, so that a replay takes the frames that the shop would.
 */
function thinning(maxFps: number): string[] {
  if (maxFps === 0) return [];
  const cell = (time: string) => `floor(${time}*${maxFps}+0.001)`;
  return [`select='1-eq(${cell("t")},${cell("prev_selected_t")})'`];
}
