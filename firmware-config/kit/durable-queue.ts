import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ClassicLevel } from "classic-level";
import { storageError } from "./storage-error.ts";

/** One entry of the queue. */
export interface QueueEntry {
  /** Grows from 1; never used again, not even after a restart. */
  readonly id: number;
  readonly value: Uint8Array;
}

export interface QueueStats {
  /** Entries held. */
  readonly depth: number;
  /** Sum of the sizes of their values. */
  readonly bytes: number;
  /** Id of the oldest entry, 0 when the queue is empty. */
  readonly oldestId: number;
  /** Id of the newest entry ever appended, 0 when there was none. */
  readonly lastId: number;
}

interface Write {
  readonly entries: readonly QueueEntry[];
  readonly removed: readonly number[];
  readonly notes: ReadonlyMap<string, string>;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

type Database = ClassicLevel<string, Uint8Array>;

const ENTRY = "e";
const NOTE = "n";
const LAST_ID_NOTE = "lastId";
/** About what opening the database writes. */
const PROBE_BYTES = 1024 * 1024;

const keyOf = (id: number) => ENTRY + id.toString(16).padStart(14, "0");
const idOf = (key: string) => Number.parseInt(key.slice(1), 16);

/**
 * A first-in first-out queue on disk, the base of the device's outbox and the cloud's inbox. What `append` has resolved
 * for survives `kill -9` and a power cut. Writers that call at the same time share one disk sync.
 */
export class DurableQueue {
  readonly #dir: string;
  #db: Database;
  #sizes = new Map<number, number>();
  #bytes = 0;
  #lastId = 0;
  #notes = new Map<string, string>();
  #waiting: Write[] = [];
  #writing: Promise<void> | undefined;
  #damaged = false;

  private constructor(dir: string, db: Database) {
    this.#dir = dir;
    this.#db = db;
  }

  /** Opens or makes the queue in `dir`. Throws `AppError` when the folder is locked, read-only, full or damaged. */
  static async open(dir: string): Promise<DurableQueue> {
    const queue = new DurableQueue(dir, await openDatabase(dir));
    try {
      await queue.#load();
    } catch (error) {
      await queue.#db.close();
      throw storageError(error, dir);
    }
    return queue;
  }

  /**
   * Rebuilds a damaged, closed queue from what can still be read. Entries may be missing, and removed ones may be back; what
   * could not be read stands in `lost/` below `dir`. Throws `AppError` when nothing can be rebuilt.
   */
  static async repair(dir: string): Promise<void> {
    try {
      await ClassicLevel.repair(dir);
    } catch (error) {
      throw storageError(error, dir);
    }
  }

  /**
   * Appends values, and with them notes (small named texts; an empty one is removed), in one
   * atomic step. Resolves with the ids once the disk has
   * them. Rejects with `AppError` when it could not take them all: then none of them is in the queue or, when only the sync
   * failed, perhaps every one, so who tries again must bear repetition.
   */
  async append(
    values: readonly Uint8Array[],
    notes: ReadonlyMap<string, string> = new Map(),
  ): Promise<readonly number[]> {
    const entries = values.map((value) => ({ id: ++this.#lastId, value }));
    await this.#write(entries, [], notes);
    this.#keepNotes(notes);
    for (const { id, value } of entries) this.#add(id, value.byteLength);
    return entries.map((entry) => entry.id);
  }

  /** The oldest entries with an id above `afterId`, at most `limit`, oldest first. */
  async read(afterId: number, limit: number): Promise<readonly QueueEntry[]> {
    const { depth, oldestId, lastId } = this.stats();
    if (depth === 0 || afterId >= lastId) return [];
    // LevelDB steps over every entry removed of late, so it must start at the oldest that is held.
    const range = { gt: keyOf(Math.max(afterId, oldestId - 1)), lt: `${ENTRY}~`, limit };
    try {
      const pairs = await this.#db.iterator(range).all();
      return pairs.map(([key, value]) => ({ id: idOf(key), value }));
    } catch (error) {
      throw storageError(error, this.#dir);
    }
  }

  /**
   * Takes entries out, and commits notes with them; without a note nothing is synced, and after a crash some of the entries
   * may be back, so readers must bear repetition.
   */
  async remove(ids: readonly number[], notes: ReadonlyMap<string, string> = new Map()): Promise<void> {
    const held = ids.filter((id) => this.#sizes.has(id));
    if (held.length === 0 && notes.size === 0) return;
    await this.#write([], held, notes);
    this.#keepNotes(notes);
    for (const id of held) this.#drop(id);
  }

  /** Takes out every entry up to and including `id`. */
  async removeThrough(id: number): Promise<void> {
    const ids: number[] = [];
    for (const held of this.#sizes.keys()) {
      if (held > id) break;
      ids.push(held);
    }
    await this.remove(ids);
  }

  /** A note as last committed. */
  note(key: string): string | undefined {
    return this.#notes.get(key);
  }

  /** All notes whose key starts with `prefix`, in no order. */
  notes(prefix: string): ReadonlyMap<string, string> {
    return new Map([...this.#notes].filter(([key]) => key.startsWith(prefix)));
  }

  stats(): QueueStats {
    const oldestId = this.#sizes.keys().next().value ?? 0;
    return { depth: this.#sizes.size, bytes: this.#bytes, oldestId, lastId: this.#lastId };
  }

  /** Size of an entry's value in bytes; 0 when it is not held. */
  sizeOf(id: number): number {
    return this.#sizes.get(id) ?? 0;
  }

  /** Waits for writes under way and lets go of the folder. */
  async close(): Promise<void> {
    while (this.#writing) await this.#writing;
    await this.#db.close();
  }

  #write(
    entries: readonly QueueEntry[],
    removed: readonly number[],
    notes: ReadonlyMap<string, string>,
  ): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ entries, removed, notes, resolve, reject });
      this.#writing ??= this.#drain().finally(() => {
        this.#writing = undefined;
      });
    });
  }

  async #drain(): Promise<void> {
    while (this.#waiting.length > 0) {
      const group = this.#waiting;
      this.#waiting = [];
      try {
        await this.#commit(group);
        for (const write of group) write.resolve();
      } catch (error) {
        this.#damaged = true;
        const failure = storageError(error, this.#dir);
        for (const write of group) write.reject(failure);
      }
    }
  }

  async #commit(group: readonly Write[]): Promise<void> {
    if (this.#damaged) await this.#reopen();
    const batch = this.#db.batch();
    let sync = false;
    for (const { entries, removed, notes } of group) {
      for (const { id, value } of entries) batch.put(keyOf(id), value);
      for (const id of removed) batch.del(keyOf(id));
      for (const [key, text] of notes) {
        if (text === "") batch.del(NOTE + key);
        else batch.put(NOTE + key, Buffer.from(text));
      }
      sync ||= entries.length > 0 || notes.size > 0;
    }
    if (sync) batch.put(NOTE + LAST_ID_NOTE, Buffer.from(String(this.#lastId)));
    await batch.write({ sync });
  }

  /** LevelDB refuses every write after a failed one until it is opened anew; until the disk takes more it can still be read. */
  async #reopen(): Promise<void> {
    await tryDisk(this.#dir);
    await this.#db.close();
    this.#db = await openDatabase(this.#dir);
    await this.#load();
    this.#damaged = false;
  }

  /** Takes over what the disk holds; ids given out since are not given out again. */
  async #load(): Promise<void> {
    const sizes = new Map<number, number>();
    const notes = new Map<string, string>();
    for await (const [key, value] of this.#db.iterator()) {
      if (key.startsWith(ENTRY)) sizes.set(idOf(key), value.byteLength);
      else notes.set(key.slice(NOTE.length), Buffer.from(value).toString());
    }
    const newestId = [...sizes.keys()].at(-1) ?? 0;
    this.#lastId = Math.max(this.#lastId, newestId, Number(notes.get(LAST_ID_NOTE) ?? 0));
    notes.delete(LAST_ID_NOTE);
    this.#sizes = sizes;
    this.#bytes = [...sizes.values()].reduce((sum, size) => sum + size, 0);
    this.#notes = notes;
  }

  #keepNotes(notes: ReadonlyMap<string, string>): void {
    for (const [key, text] of notes) {
      if (text === "") this.#notes.delete(key);
      else this.#notes.set(key, text);
    }
  }

  #add(id: number, size: number): void {
    this.#bytes += size - this.sizeOf(id);
    this.#sizes.set(id, size);
  }

  #drop(id: number): void {
    this.#bytes -= this.sizeOf(id);
    this.#sizes.delete(id);
  }
}

async function openDatabase(dir: string): Promise<Database> {
  // classic-level: LevelDB with synced atomic batches; its binary ships inside the npm package.
  const db: Database = new ClassicLevel(dir, { keyEncoding: "utf8", valueEncoding: "view" });
  try {
    await mkdir(dir, { recursive: true });
    await db.open();
    return db;
  } catch (error) {
    throw storageError(error, dir);
  }
}

/** Throws when the disk does not take what opening the database would write. */
async function tryDisk(dir: string): Promise<void> {
  const file = join(dir, "probe");
  try {
    await writeFile(file, Buffer.alloc(PROBE_BYTES));
  } finally {
    await rm(file, { force: true });
  }
}
