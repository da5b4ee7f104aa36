import type { CameraConfig } from "../../firmware-config/config/device.ts";
import type { Clock } from "../../firmware-config/kit/clock.ts";
import type { Log } from "../../firmware-config/kit/log.ts";
import type { CameraProgress } from "./camera-progress.ts";
import type { DecoderTrial } from "./decoder-trial.ts";
import type { FrameShape } from "./port.ts";
import type { Reader } from "./reader.ts";

/** The part of a camera's configuration that reading it needs. */
export type CameraSettings = Pick<
  CameraConfig,
  "id" | "source" | "username" | "passwordFile" | "pace" | "loop" | "fps" | "stallS"
> &
  Partial<Pick<CameraConfig, "decoder">>;

/** Capture time of a file's first frame: now, so that its last frame is now, or given, milliseconds since the epoch. */
export type FileStart = "now" | "ends-now" | number;

/** What a camera is made of. */
export interface CameraParts {
  readonly settings: CameraSettings;
  readonly shape: FrameShape;
  readonly clock: Clock;
  readonly log: Log;
  /** Default: `now` at pace `realtime`, `ends-now` at pace `fast`. */
  readonly fileStart?: FileStart | undefined;
  /** 0..1, spreads the reconnects; default `Math.random`. */
  readonly random?: (() => number) | undefined;
}

/** What the players share for the time of one `frames()` call. */
export interface CameraJob {
  readonly parts: CameraParts;
  readonly reader: Reader;
  readonly progress: CameraProgress;
  readonly decoder: DecoderTrial;
  readonly signal: AbortSignal;
}

/** The stream's frame size in bytes, with the wanted parts. */
export function frameBytesOf(shape: FrameShape): number {
  return shape.width * shape.height * 3 * (1 + (shape.parts?.count ?? 0));
}

/** How long a probe may take: as long as the watchdog would wait for a frame, milliseconds. */
export function probeTimeoutMs(settings: CameraSettings): number {
  return settings.stallS * 1000;
}

/**
 * The rate to thin a source out to, file or live, at any pace; 0 when it is not faster than `fps` anyway, which 5 % of
 * measuring error may hide, or when `fps` is infinite: every frame.
 */
export function thinnedFps(settings: CameraSettings, sourceFps: number): number {
  if (settings.fps === Number.POSITIVE_INFINITY) return 0;
  return sourceFps > 0 && sourceFps <= settings.fps * 1.05 ? 0 : settings.fps;
}
