import { rm } from "node:fs/promises";
import { join } from "node:path";
import { writeWhole } from "../../firmware-config/kit/on-disk.ts";
import { outputError } from "../../firmware-config/kit/storage-error.ts";
import { TrackWriter } from "../mot/track-writer.ts";
import type { Tracks } from "../tracker/tracks.ts";
import type { FrameTime } from "../window/windows.ts";
import { FileSink } from "./file-sink.ts";

const SUMMARY = "summary.json";

/** All that a replay into a folder writes. */
export const replayFiles = (dir: string): readonly string[] =>
  ["tracks.txt", "events.ndjson", "counts.ndjson", SUMMARY].map((name) => join(dir, name));

/** The files of one replay. */
export class Outputs {
  /** Takes the messages. */
  readonly sink: FileSink;
  readonly #dir: string;
  readonly #tracks: TrackWriter;
  readonly #time: { captureMs: number };
  #closed: Promise<void> | undefined;

  private constructor(dir: string, parts: { sink: FileSink; tracks: TrackWriter; time: { captureMs: number } }) {
    this.#dir = dir;
    this.sink = parts.sink;
    this.#tracks = parts.tracks;
    this.#time = parts.time;
  }

  /** Makes the folder and empties its files; the summary of an earlier replay goes. Throws `AppError` when that cannot be. */
  static async open(dir: string, deviceId: string): Promise<Outputs> {
    const time = { captureMs: 0 };
    const now = () => time.captureMs;
    const sink = await FileSink.open(dir, deviceId, { nowMs: now, monotonicMs: now });
    try {
      await rm(join(dir, SUMMARY), { force: true });
      return new Outputs(dir, { sink, tracks: await TrackWriter.open(join(dir, "tracks.txt")), time });
    } catch (error) {
      await sink.close();
      throw error;
    }
  }

  /** Adds the tracks of one frame; messages are stamped with its time from now on. */
  add(frame: FrameTime & { readonly index: number }, tracks: Tracks): void {
    this.#time.captureMs = frame.captureMs;
    this.#tracks.add({ frame: frame.index + 1, atS: frame.atS }, tracks);
  }

  /** Resolves when all is written, or throws `AppError`; the same each time. */
  close(): Promise<void> {
    this.#closed ??= this.#closeAll();
    return this.#closed;
  }

  /** Throws `AppError` when it cannot be written. */
  async writeSummary(summary: object): Promise<void> {
    const path = join(this.#dir, SUMMARY);
    try {
      await writeWhole(path, { parts: [`${JSON.stringify(summary, undefined, 2)}\n`] });
    } catch (error) {
      throw outputError(error, path);
    }
  }

  async #closeAll(): Promise<void> {
    const closings = await Promise.allSettled([this.sink.close(), this.#tracks.close()]);
    for (const closing of closings) if (closing.status === "rejected") throw closing.reason;
  }
}
