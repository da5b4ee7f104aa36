import { type FileHandle, open } from "node:fs/promises";
import { outputFileError } from "../../firmware-config/kit/output-file.ts";
import { outputError } from "../../firmware-config/kit/storage-error.ts";
import type { Tracks } from "../tracker/tracks.ts";

const FLUSH_CHARS = 64 * 1024;

/** Writes tracks as MOTChallenge rows, `frame,id,left,top,width,height,score,-1,-1,-1`; frames count from 1. */
export class TrackWriter {
  readonly #path: string;
  readonly #file: FileHandle;
  #text = "";
  #written: Promise<void> = Promise.resolve();

  private constructor(path: string, file: FileHandle) {
    this.#path = path;
    this.#file = file;
  }

  /** Creates or empties the file. Throws `AppError`. */
  static async open(path: string): Promise<TrackWriter> {
    try {
      return new TrackWriter(path, await open(path, "w"));
    } catch (error) {
      throw outputFileError(error, path, "--out");
    }
  }

  /** Adds the tracks of one frame; they are copied. */
  add(frame: number, tracks: Tracks): void {
    for (let i = 0; i < tracks.count; i++) this.#text += motRow(frame, tracks, i);
    if (this.#text.length >= FLUSH_CHARS) this.#flush();
  }

  /** Resolves when all rows are in the file; throws `AppError` when the disk did not take one. */
  async close(): Promise<void> {
    this.#flush();
    try {
      await this.#written.finally(() => this.#file.close());
    } catch (error) {
      throw outputError(error, this.#path);
    }
  }

  #flush(): void {
    const text = this.#text;
    this.#text = "";
    this.#written = this.#written.then(() => this.#file.appendFile(text));
    this.#written.catch(() => {});
  }
}

function motRow(frame: number, { ids, boxes, scores }: Tracks, i: number): string {
  const at = 4 * i;
  const [left = 0, top = 0, right = 0, bottom = 0] = [boxes[at], boxes[at + 1], boxes[at + 2], boxes[at + 3]];
  const box = `${left.toFixed(2)},${top.toFixed(2)},${(right - left).toFixed(2)},${(bottom - top).toFixed(2)}`;
  return `${frame},${ids[i]},${box},${(scores[i] ?? 0).toFixed(4)},-1,-1,-1\n`;
}
