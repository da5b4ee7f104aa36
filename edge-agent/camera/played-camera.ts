import { type Source, sourceOf } from "../../firmware-config/config/source.ts";
import type { CameraParts } from "./camera-parts.ts";
import { CameraProgress } from "./camera-progress.ts";
import { DecoderTrial } from "./decoder-trial.ts";
import { playFile } from "./file-player.ts";
import { playLive } from "./live-player.ts";
import type { Camera, CameraStats, Frame } from "./port.ts";
import type { Reader } from "./reader.ts";

/** Plays a file, an RTSP or a USB camera through a driver's child process, whose crash cannot take the agent with it. */
export class PlayedCamera implements Camera {
  readonly id: string;
  readonly #parts: CameraParts;
  readonly #source: Source;
  readonly #openReader: () => Promise<Reader>;
  readonly #progress = new CameraProgress();

  /** Throws CONFIG_INVALID for a source that no driver reads. `openReader` is called when the frames are asked for. */
  constructor(parts: CameraParts, openReader: () => Promise<Reader>) {
    this.id = parts.settings.id;
    this.#parts = parts;
    this.#source = sourceOf(parts.settings.source);
    this.#openReader = openReader;
  }

  get stats(): CameraStats {
    return this.#progress.stats;
  }

  /** To be called once. An abort ends it quietly, whatever was under way. Besides the errors of the port: those of `openReader`. */
  async *frames(signal: AbortSignal): AsyncGenerator<Frame, void, void> {
    if (signal.aborted) return;
    try {
      yield* this.#play(signal);
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  async *#play(signal: AbortSignal): AsyncGenerator<Frame, void, void> {
    const { settings, log } = this.#parts;
    const decoder = new DecoderTrial({ wanted: settings.decoder, camera: settings.id, log });
    this.#progress.decoder = decoder;
    const job = { parts: this.#parts, reader: await this.#openReader(), progress: this.#progress, decoder, signal };
    if (this.#source.kind === "file") yield* playFile(this.#source, job);
    else yield* playLive(this.#source, job);
  }
}
