import { type Source, sourceLabel } from "../../firmware-config/config/source.ts";
import { AppError } from "../../firmware-config/kit/errors.ts";
import type { Log } from "../../firmware-config/kit/log.ts";
import { redact, secretsOf } from "./credentials.ts";
import type { Picture } from "./port.ts";

/** What a driver says about a source before it is opened. */
export interface Probe {
  /** Number, among all streams of the source, of the one with the largest picture; of several, the first. */
  readonly stream: number;
  /** Sizes of all its moving pictures, in the order of their streams; cover pictures and thumbnails are none. */
  readonly pictures: readonly Picture[];
  /** As it is to be shown: with square pixels, after the rotation that the file asks for. */
  readonly picture: Picture;
  /** Mean frames per second; 0 when the source does not say. */
  readonly fps: number;
  /** How that stream is coded, in ffmpeg's words; only ffprobe says. */
  readonly codec?: string | undefined;
  /** Seconds; 0 when the source does not say. */
  readonly durationS: number;
  /** As the container declares; 0 when it does not. */
  readonly frames: number;
  /** True when `frames` may be length x rate alone, which a variable rate does not have. */
  readonly isFramesGuess?: boolean;
  /** What the reader of the log must know of how the source is read. */
  readonly warning?: string;
}

const MOST_ASPECT = 4;

/** Says which picture is used where a source has several: another one would be counted otherwise. */
export function tellChoice({ stream, pictures, picture, warning }: Probe, camera: string, log: Log): void {
  if (warning !== undefined) log.warn({ camera, detail: warning }, "the source may be read otherwise than meant");
  if (pictures.length < 2) return;
  const fields = { camera, stream, picture: sizeText(picture), pictures: pictures.map(sizeText) };
  log.warn(fields, "the source has several pictures; the largest is used");
}

/** The error for a source that cannot be read, live or not; `detail` is what the driver's program said. */
export function unreadable(source: Source, detail: string): AppError {
  const label = sourceLabel(source);
  const said = redact(detail, secretsOf(source)).trim().split("\n").at(-1) ?? "";
  const suffix = said === "" ? "" : ` (${said})`;
  if (source.kind === "file") {
    const hint = "Check that the file plays in a video player, or give another file.";
    return new AppError(`${label}: no picture can be read${suffix}`, { code: "VIDEO_UNREADABLE", hint });
  }
  const hint = "Check the address, the password, the cable and the camera's power.";
  return new AppError(`${label}: the camera does not answer${suffix}`, { code: "CAMERA_LOST", hint, retryable: true });
}

/** Width of a pixel in heights, 1 where the source does not say; what no camera has is a damaged header. */
export function pixelAspect(aspect: number): number {
  return aspect >= 1 / MOST_ASPECT && aspect <= MOST_ASPECT ? aspect : 1;
}

export function sizeText({ width, height }: Picture): string {
  return `${width}x${height}`;
}
