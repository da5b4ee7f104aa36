import type { Source } from "../../../firmware-config/config/source.ts";
import type { AppError } from "../../../firmware-config/kit/errors.ts";
import type { Probe } from "../probe.ts";
import type { Reader, ReaderProgram, ReadPlan } from "../reader.ts";
import { ffmpegArguments } from "./ffmpeg-arguments.ts";
import { type FfmpegTools, ffmpegMissing } from "./ffmpeg-tools.ts";
import { probeSource } from "./ffprobe.ts";

/** ffprobe asks, ffmpeg reads, scales, letterboxes and thins. */
export class FfmpegReader implements Reader {
  readonly #tools: FfmpegTools;

  constructor(tools: FfmpegTools) {
    this.#tools = tools;
  }

  probe(source: Source, limits: { readonly timeoutMs: number; readonly signal: AbortSignal }): Promise<Probe> {
    return probeSource(source, { tools: this.#tools, ...limits });
  }

  program(source: Source, plan: ReadPlan): ReaderProgram {
    const { ffmpegPath, version } = this.#tools;
    return { path: ffmpegPath, args: ffmpegArguments(source, { version, ...plan }) };
  }

  missing(cause: unknown): AppError {
    return ffmpegMissing(this.#tools.ffmpegPath, cause);
  }
}
