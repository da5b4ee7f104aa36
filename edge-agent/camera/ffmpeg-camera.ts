import { type Source, sourceOf } from "../../firmware-config/config/source.ts";
import type { CameraParts } from "./camera-parts.ts";
import { CameraProgress } from "./camera-progress.ts";
import { DEFAULT_FFMPEG, findFfmpeg } from "./ffmpeg-tools.ts";
import { playFile } from "./file-player.ts";
import { playLive } from "./live-player.ts";
import type { Camera, CameraStats, Frame } from "./port.ts";

/** Reads a file, an RTSP or a USB camera through ffmpeg, as a child process whose crash cannot take the agent with it. */
export class FfmpegCamera implements Camera {
  readonly id: string;
  readonly #parts: CameraParts;
  readonly #source: Source;
  readonly #progress = new CameraProgress();

  /** Throws CONFIG_INVALID for a source that no driver reads. */
  constructor(parts: CameraParts) {
    this.id = parts.settings.id;
    this.#parts = parts;
    this.#source = sourceOf(parts.settings.source);
  }

  get stats(): CameraStats {
    return this.#progress.stats;
  }

  /** To be called once. An abort ends it quietly, whatever was under way. Besides the errors of the port: FFMPEG_NOT_FOUND. */
  async *frames(signal: AbortSignal): AsyncGenerator<Frame, void, void> {
    if (signal.aborted) return;
    try {
      yield* this.#play(signal);
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  async *#play(signal: AbortSignal): AsyncGenerator<Frame, void, void> {
    const tools = await findFfmpeg(this.#parts.ffmpeg ?? DEFAULT_FFMPEG);
    const job = { parts: this.#parts, tools, progress: this.#progress, signal };
    if (this.#source.kind === "file") yield* playFile(this.#source, job);
    else yield* playLive(this.#source, job);
  }
}
