import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { makeFolder } from "../make-folder.ts";
import { PRIVATE_FOLDER } from "../private-folder.ts";
import { setAside } from "./set-aside.ts";

/** What a queue had come to, told beside its segments: should the newest of them be lost, it says what was in it. */
export interface Mark {
  /** Newest id that was on the disk. */
  readonly lastId: number;
  /** Every id up to this one had left. */
  readonly leftThrough: number;
  /** The few notes that stand here too. */
  readonly notes: ReadonlyMap<string, string>;
}

interface MarkJson {
  readonly serial: number;
  readonly lastId: number;
  readonly leftThrough: number;
  readonly notes: readonly (readonly [string, string])[];
}

export const MARK_FILE = "last";
/** One sector of a disk: it is written whole or not at all. */
const SLOT_BYTES = 512;
const CHECKSUM_CHARS = 8;
/** So many writes may go between two syncs, for a power cut; a kill loses none. At slow times the kernel's own writing back is sooner. */
const WRITES_PER_SYNC = 256;
const { O_CREAT, O_NONBLOCK = 0, O_NOFOLLOW = 0, O_RDONLY, O_RDWR } = constants;

/** The mark in `dir` as last written; undefined when there is none that can be read. */
export async function readMark(dir: string): Promise<Mark | undefined> {
  const slots = await readSlots(dir);
  return slots.length === 0 ? undefined : newestOf(slots);
}

/** Lets a new queue in `dir` begin where the one in `from` ended, as far as its mark tells; false when it has none. */
export async function inheritMark(from: string, dir: string): Promise<boolean> {
  const mark = await readMark(from);
  if (!mark) return false;
  await makeFolder(dir, PRIVATE_FOLDER);
  const file = new MarkFile(dir);
  await file.write(mark);
  await file.close();
  return true;
}

/**
 * A small file of two slots, written in turn and in place: a torn write costs one of them, and a full disk takes it. It is a
 * second opinion; what the disk refuses of it fails nothing.
 */
export class MarkFile {
  readonly #dir: string;
  #file: FileHandle | undefined;
  #isGivenUp = false;
  #serial = 0;
  #syncing: Promise<void> | undefined;

  constructor(dir: string) {
    this.#dir = dir;
  }

  /** To be called when the segments have it on the disk, and before anybody is told so. */
  async write({ lastId, leftThrough, notes }: Mark): Promise<void> {
    const file = await this.#opened();
    if (!file) return;
    const serial = this.#serial + 1;
    const slot = slotOf({ serial, lastId, leftThrough, notes: [...notes] });
    try {
      await file.write(slot, 0, SLOT_BYTES, (serial % 2) * SLOT_BYTES);
      this.#serial = serial;
      if (serial % WRITES_PER_SYNC === 1) this.#sync(file);
    } catch {
      // The next write tries again.
    }
  }

  async close(): Promise<void> {
    await this.#syncing;
    if (this.#file) this.#sync(this.#file);
    await this.#syncing;
    await this.#file?.close();
  }

  async #opened(): Promise<FileHandle | undefined> {
    if (this.#file || this.#isGivenUp) return this.#file;
    try {
      this.#serial = Math.max(0, ...(await readSlots(this.#dir)).map(({ serial }) => serial));
      this.#file = await openRegular(this.#dir).catch(async () => {
        await setAside(this.#dir, MARK_FILE);
        return openRegular(this.#dir);
      });
    } catch {
      this.#isGivenUp = true;
    }
    return this.#file;
  }

  /** Beside the writes: nobody waits for it. */
  #sync(file: FileHandle): void {
    this.#syncing ??= file
      .datasync()
      .catch(() => {})
      .finally(() => {
        this.#syncing = undefined;
      });
  }
}

async function openRegular(dir: string): Promise<FileHandle> {
  const file = await open(join(dir, MARK_FILE), O_RDWR | O_CREAT | O_NONBLOCK | O_NOFOLLOW, 0o600);
  if ((await file.stat()).isFile()) return file;
  await file.close();
  throw new Error("no file");
}

async function readSlots(dir: string): Promise<readonly MarkJson[]> {
  try {
    const file = await open(join(dir, MARK_FILE), O_RDONLY | O_NONBLOCK | O_NOFOLLOW);
    try {
      if (!(await file.stat()).isFile()) return [];
      const bytes = Buffer.alloc(2 * SLOT_BYTES);
      await file.read(bytes, 0, bytes.length, 0);
      return [0, 1].flatMap((i) => jsonOf(bytes.subarray(i * SLOT_BYTES, (i + 1) * SLOT_BYTES)) ?? []);
    } finally {
      await file.close();
    }
  } catch {
    return [];
  }
}

function newestOf(slots: readonly MarkJson[]): Mark | undefined {
  const [newest] = [...slots].sort((a, b) => b.serial - a.serial);
  return newest && { ...newest, notes: new Map(newest.notes) };
}

/** Notes that do not fit are left out. */
function slotOf(json: MarkJson): Buffer {
  const text = JSON.stringify(json);
  if (CHECKSUM_CHARS + Buffer.byteLength(text) > SLOT_BYTES) return slotOf({ ...json, notes: json.notes.slice(0, -1) });
  const slot = Buffer.alloc(SLOT_BYTES, " ");
  slot.write(text, CHECKSUM_CHARS);
  slot.write(checksumOf(slot));
  return slot;
}

function jsonOf(slot: Buffer): MarkJson | undefined {
  if (slot.toString("latin1", 0, CHECKSUM_CHARS) !== checksumOf(slot)) return undefined;
  return JSON.parse(slot.toString("utf8", CHECKSUM_CHARS));
}

const checksumOf = (slot: Buffer) => crc32(slot.subarray(CHECKSUM_CHARS)).toString(16).padStart(CHECKSUM_CHARS, "0");
