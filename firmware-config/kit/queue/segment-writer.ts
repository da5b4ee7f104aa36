import { constants } from "node:fs";
import { type FileHandle, open, rm } from "node:fs/promises";
import { join } from "node:path";
import { syncPath } from "../sync-path.ts";
import type { Segment } from "./segment.ts";

/** Linux alone promises that a write through such a handle is on the medium when it returns, as after fdatasync; it saves a call. */
const SYNCING = process.platform === "linux" ? constants.O_DSYNC : undefined;

/** Appends to the newest segment. A write that failed leaves nothing behind: before the next one the file is cut back. */
export class SegmentWriter {
  readonly #dir: string;
  readonly #path: string;
  readonly #segment: Segment;
  readonly #file: FileHandle;
  readonly #syncingFile: FileHandle | undefined;
  /** False until the folder's entry of the file is on the disk. */
  #isListed = false;
  /** True while bytes may stand behind the good part. */
  #isSoiled = false;
  /** True while the good part holds bytes that no sync has covered. */
  #isUnsynced = false;

  private constructor(dir: string, segment: Segment, files: readonly [FileHandle, FileHandle | undefined]) {
    this.#dir = dir;
    this.#segment = segment;
    this.#path = join(dir, segment.name);
    [this.#file, this.#syncingFile] = files;
  }

  /** Makes the file. Its first write must be synced. */
  static async create(dir: string, segment: Segment): Promise<SegmentWriter> {
    const path = join(dir, segment.name);
    const file = await open(path, "wx");
    try {
      const syncing = SYNCING === undefined ? undefined : await open(path, constants.O_WRONLY | SYNCING);
      return new SegmentWriter(dir, segment, [file, syncing]);
    } catch (error) {
      await file.close();
      await rm(path, { force: true });
      throw error;
    }
  }

  get segment(): Segment {
    return this.#segment;
  }

  /** Appends all of the bytes or, when it rejects, nothing that outlives the next write. */
  async write(bytes: Buffer, sync: boolean): Promise<void> {
    if (this.#isSoiled) await this.#file.truncate(this.#segment.fileBytes);
    this.#isSoiled = true;
    const writesThrough = sync && !this.#isUnsynced && this.#syncingFile !== undefined;
    await writeAll((writesThrough ? this.#syncingFile : undefined) ?? this.#file, bytes, this.#segment.fileBytes);
    if (sync && !writesThrough) await this.#file.datasync();
    if (sync && !this.#isListed) await syncPath(this.#dir);
    if (sync) this.#isListed = true;
    this.#isUnsynced = !sync;
    this.#segment.fileBytes += bytes.length;
    this.#isSoiled = false;
  }

  /** Brings what was written without a sync to the disk. */
  async sync(): Promise<void> {
    if (this.#isUnsynced) await this.#file.datasync();
    this.#isUnsynced = false;
  }

  /** Lets go of the file; one that holds nothing is removed. */
  async close(): Promise<void> {
    await this.#syncingFile?.close();
    // What a failed write left is cut off at the next start as well, should this fail too.
    if (this.#isSoiled) await this.#file.truncate(this.#segment.fileBytes).catch(() => {});
    await this.#file.close();
    if (this.#segment.fileBytes === 0) await rm(this.#path, { force: true });
  }
}

async function writeAll(file: FileHandle, bytes: Buffer, position: number): Promise<void> {
  let done = 0;
  while (done < bytes.length) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
}
