import type { DecoderConfig } from "../../firmware-config/config/decoder.ts";
import type { Source } from "../../firmware-config/config/source.ts";
import type { AppError } from "../../firmware-config/kit/errors.ts";
import type { FrameShape, Picture } from "./port.ts";
import type { Probe } from "./probe.ts";

/** What is to become of a source's frames. */
export interface ReadPlan {
  readonly shape: FrameShape;
  readonly picture: Picture;
  /** The number of its stream in the source. */
  readonly stream: number;
  /** A file plays at its own speed, or as fast as it is read. */
  readonly pace: "realtime" | "fast";
  /** Frames per second to let through at most; 0 = every frame. */
  readonly maxFps: number;
  /** What decodes it; left out = software, which is all that the driver `opencv` knows. */
  readonly decoder?: DecoderConfig | undefined;
  /** How its stream is coded, in ffmpeg's words; left out where a driver does not say. */
  readonly codec?: string | undefined;
}

/**
 * A program that writes raw frames of the shape that was asked for to standard output and, of a file, what `shown-times.ts` reads
 * to descriptor 3. It ends on SIGTERM, and when its output is gone.
 */
export interface ReaderProgram {
  readonly path: string;
  readonly args: readonly string[];
  /** Beside our own environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** What it reads from its standard input: the place for what other users must not see. */
  readonly input?: string;
}

/** What a driver is: how a source is asked about, and which program reads it. The players do the rest. */
export interface Reader {
  /** Throws VIDEO_UNREADABLE for a file without a picture, CAMERA_LOST for a live source that does not answer in time. */
  probe(source: Source, limits: { readonly timeoutMs: number; readonly signal: AbortSignal }): Promise<Probe>;
  program(source: Source, plan: ReadPlan): ReaderProgram;
  /** The error for a program that cannot be started. */
  missing(cause: unknown): AppError;
}
