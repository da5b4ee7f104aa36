import { type FileHandle, open } from "node:fs/promises";
import { outputFileError } from "../../firmware-config/kit/output-file.ts";
import { outputError } from "../../firmware-config/kit/storage-error.ts";
import type { PathBox } from "../tracker/path.ts";
import { TrackFinisher } from "../tracker/track-finisher.ts";
import type { Tracks } from "../tracker/tracks.ts";

const FLUSH_CHARS = 64 * 1024;

/**
 * Writes tracks as MOTChallenge rows, `frame,id,left,top,width,height,score,-1,-1,-1`; frames count from 1. What is written
 * is the tracks as they were, not as they were seen live: see `TrackFinisher`.
 */
export class TrackWriter {
  readonly #path: string;
  readonly #file: FileHandle;
  readonly #finisher = new TrackFinisher((frame, id, row) => {
    this.#text += motRow(frame, id, row);
  });
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
  add({ frame, atS }: { readonly frame: number; readonly atS: number }, tracks: Tracks): void {
    this.#finisher.add(frame, atS, tracks);
    if (this.#text.length >= FLUSH_CHARS) this.#flush();
  }

  /** Resolves when all rows are in the file; throws `AppError` when the disk did not take one. */
  async close(): Promise<void> {
    this.#finisher.finish();
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

function motRow(frame: number, id: number, { box, score }: PathBox): string {
  const [left = 0, top = 0, right = 0, bottom = 0] = box;
  const sides = `${left.toFixed(2)},${top.toFixed(2)},${(right - left).toFixed(2)},${(bottom - top).toFixed(2)}`;
  return `${frame},${id},${sides},${score.toFixed(4)},-1,-1,-1\n`;
}
