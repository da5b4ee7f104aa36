import { rm, statfs } from "node:fs/promises";
import { dirname, join } from "node:path";
import { systemCodeOf } from "./errors.ts";
import { makeFolder } from "./make-folder.ts";
import { PRIVATE_FOLDER } from "./private-folder.ts";
import type { DamageReport, OnDamage } from "./queue/damage-report.ts";
import { lockFolder } from "./queue/folder-lock.ts";
import { type IdRange, IdRanges, rangesOf } from "./queue/id-ranges.ts";
import { IndexCache } from "./queue/index-cache.ts";
import { MarkFile } from "./queue/mark.ts";
import { openFolder } from "./queue/open-folder.ts";
import { QueueLog } from "./queue/queue-log.ts";
import type { QueueState, StateChange } from "./queue/queue-state.ts";
import { entriesOf, type ReadEntry, type Segment } from "./queue/segment.ts";
import { Segments } from "./queue/segments.ts";
import { setAside } from "./queue/set-aside.ts";
import { storageError } from "./storage-error.ts";
import { syncPath } from "./sync-path.ts";

/**
 * One entry of the queue. Ids grow by one from 1 and are never used again, not even after a restart that finds the newest file
 * lost: the mark beside the files tells them. Only where a power cut costs the newest file and the mark's last writes may some
 * be given out again.
 */
export type QueueEntry = ReadEntry;

export interface QueueOptions {
  /** Bytes of files that stay although all their entries have left, so that `restoreAfter` can bring them back; default none. */
  readonly keepBytes?: number;
  /** A file is closed when it is as large as this; default 4 MiB: few files, and each is read in an instant. */
  readonly segmentBytes?: number;
  /** Notes of a few characters that stand in a second place too: see `markedNote`; default none. */
  readonly markedNotes?: readonly string[];
  readonly onDamage?: OnDamage;
}

export interface QueueStats {
  /** Entries held, the damaged ones among them. */
  readonly depth: number;
  /** Sum of the sizes of their values. */
  readonly bytes: number;
  /** Id of the oldest entry, 0 when the queue is empty. */
  readonly oldestId: number;
  /** Id of the newest entry ever appended, 0 when there was none. */
  readonly lastId: number;
  /** Entries found damaged since the opening. */
  readonly damaged: number;
}

interface Work extends StateChange {
  readonly values: readonly Uint8Array[];
}

interface Write extends Work {
  readonly resolve: (ids: readonly number[]) => void;
  readonly reject: (error: Error) => void;
}

const SEGMENT_BYTES = 4 * 1024 * 1024;
/** Most that writers who call at the same time share, but for one that is larger: so no file grows without bound. */
const GROUP_BYTES = 16 * 1024 * 1024;
const FULL: readonly string[] = ["ENOSPC", "EDQUOT"];
const NO_NOTES: ReadonlyMap<string, string> = new Map();

/**
 * A first-in first-out queue on disk, the base of the device's outbox and the cloud's inbox: a log in files of a few MB. What
 * `append` has resolved for survives `kill -9` and a power cut. Writers that call at the same time share one disk sync. A
 * damaged place costs the entries that stood there and no other; they come out of `read` in their turn, marked as damaged.
 */
export class DurableQueue {
  readonly #dir: string;
  readonly #keepBytes: number;
  readonly #unlock: () => Promise<void>;
  readonly #state: QueueState;
  readonly #segments: Segments;
  readonly #log: QueueLog;
  readonly #damage: { ids: number };
  readonly #others: Segment[];
  readonly #onDamage: OnDamage;
  readonly #mark: MarkFile;
  readonly #marked: ReadonlyMap<string, string>;
  readonly #markedNotes: readonly string[];
  /** Removals that the disk refused; they go with the next write. */
  #unrecorded: readonly IdRange[] = [];
  #waiting: Write[] = [];
  #writing: Promise<void> | undefined;

  private constructor(dir: string, parts: Parts) {
    this.#dir = dir;
    this.#keepBytes = parts.keepBytes;
    this.#unlock = parts.unlock;
    this.#state = parts.state;
    this.#segments = parts.segments;
    this.#log = parts.log;
    this.#damage = parts.damage;
    this.#others = [...parts.others];
    this.#onDamage = parts.onDamage;
    this.#mark = new MarkFile(dir);
    this.#marked = parts.marked;
    this.#markedNotes = parts.markedNotes;
  }

  /**
   * Opens or makes the queue in `dir`; writes nothing, so a full disk does not matter. Damage is told to `onDamage`. Throws
   * `AppError` when the folder is locked or cannot be used.
   */
  static async open(dir: string, options: QueueOptions = {}): Promise<DurableQueue> {
    try {
      await makeSyncedFolder(dir);
      const lock = await lockFolder(dir);
      const unlock = () => lock.close();
      try {
        return new DurableQueue(dir, await openParts(dir, options, unlock));
      } catch (error) {
        await unlock();
        throw error;
      }
    } catch (error) {
      throw storageError(error, dir);
    }
  }

  /**
   * Appends values, and with them notes (small named texts; an empty one is removed), in one atomic step. Resolves with the ids
   * once the disk has them. Rejects with `AppError` when it could not take them all: then none of them is in the queue; should
   * this process die before the next write, perhaps every one, so who tries again must bear repetition.
   */
  append(values: readonly Uint8Array[], notes: ReadonlyMap<string, string> = NO_NOTES): Promise<readonly number[]> {
    return this.#write({ values, removed: [], notes });
  }

  /**
   * Appends what the files of another branch of this folder hold, with these notes, and takes those files away; told to
   * `onDamage`. Which entries had left there is not known here: readers must bear repetition. What the disk does not take stays
   * for the next opening.
   */
  async takeInDoubled(notes: () => ReadonlyMap<string, string> = () => NO_NOTES): Promise<void> {
    for (const segment of this.#others.splice(0)) {
      try {
        const { values, damagedBytes } = await entriesOf(this.#dir, segment);
        if (values.length > 0) await this.append(values, notes());
        if (damagedBytes > 0) await setAside(this.#dir, segment.name);
        else await rm(join(this.#dir, segment.name));
        this.#onDamage({ kind: "doubled", file: segment.name, ids: values.length, bytes: damagedBytes });
      } catch {
        this.#onDamage({ kind: "doubled", file: segment.name, ids: 0, bytes: segment.fileBytes });
      }
    }
  }

  /** The oldest entries with an id above `afterId`, at most `limit` of them and of `maxBytes` but at least one, oldest first. */
  async read(
    afterId: number,
    limit: number,
    maxBytes: number = Number.POSITIVE_INFINITY,
  ): Promise<readonly QueueEntry[]> {
    try {
      return await this.#segments.read(afterId, { entries: limit, bytes: maxBytes });
    } catch (error) {
      throw storageError(error, this.#dir);
    }
  }

  /**
   * Takes entries out, and commits notes with them; without a note nothing is synced and a refusing disk does not matter: after
   * a crash some of the entries may be back, so readers must bear repetition.
   */
  async remove(ids: readonly number[], notes: ReadonlyMap<string, string> = NO_NOTES): Promise<void> {
    const { removed } = this.#state;
    const held = ids.filter((id) => id > 0 && id <= this.#log.lastId && !removed.has(id));
    if (held.length > 0 || notes.size > 0) await this.#write({ values: [], removed: rangesOf(held), notes });
  }

  /** Takes out every entry up to and including `id`. */
  async removeThrough(id: number): Promise<void> {
    const from = this.#state.removed.nextMissing(1);
    const to = Math.min(id, this.#log.lastId);
    if (from <= to) await this.#write({ values: [], removed: [[from, to]], notes: NO_NOTES });
  }

  /** Brings back the entries above `id` that have left and that the files still hold. Gives the oldest id that they hold. */
  async restoreAfter(id: number): Promise<number> {
    while (this.#writing) await this.#writing;
    const oldestKept = this.oldestKeptId;
    const after = Math.max(id, oldestKept - 1);
    this.#state.removed.cutAfter(after);
    try {
      await this.#segments.measure(after);
    } catch (error) {
      throw storageError(error, this.#dir);
    }
    return oldestKept;
  }

  /** The oldest id that the files still hold, whether its entry has left or not: as far as `restoreAfter` reaches. */
  get oldestKeptId(): number {
    return this.#segments.oldest?.firstId ?? this.#log.lastId + 1;
  }

  /** The newest id whose entry has left; 0 when none has. Where a record of removals was damaged older ones may still be here. */
  get newestLeftId(): number {
    return this.#state.removed.list().at(-1)?.[1] ?? 0;
  }

  /** A note as last committed. */
  note(key: string): string | undefined {
    return this.#state.notes.get(key);
  }

  /** A note of `markedNotes` as the second place had it at the opening: should the files have lost it, it may be newer there. */
  markedNote(key: string): string | undefined {
    return this.#marked.get(key);
  }

  /** All notes whose key starts with `prefix`, in no order. */
  notes(prefix: string): ReadonlyMap<string, string> {
    return new Map([...this.#state.notes].filter(([key]) => key.startsWith(prefix)));
  }

  stats(): QueueStats {
    const { lastId } = this.#log;
    const { removed } = this.#state;
    const depth = lastId - removed.size;
    const oldestId = depth === 0 ? 0 : removed.nextMissing(1);
    return { depth, bytes: this.#segments.bytes, oldestId, lastId, damaged: this.#damage.ids };
  }

  /** Waits for writes under way and lets go of the folder. */
  async close(): Promise<void> {
    while (this.#writing) await this.#writing;
    await this.#log.close();
    await this.#mark.close();
    await this.#unlock();
  }

  #write({ values, removed, notes }: Work): Promise<readonly number[]> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ values, removed, notes, resolve, reject });
      this.#writing ??= this.#drain();
    });
  }

  async #drain(): Promise<void> {
    // What is called in one go shares the first write too.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const group = this.#nextGroup();
      try {
        await this.#commit(group);
      } catch (error) {
        await this.#refuse(group, storageError(error, this.#dir));
      }
    }
    this.#writing = undefined;
  }

  #nextGroup(): readonly Write[] {
    let bytes = 0;
    const isOver = ({ values }: Write) => {
      for (const { byteLength } of values) bytes += byteLength;
      return bytes > GROUP_BYTES;
    };
    const first = this.#waiting.findIndex(isOver);
    return this.#waiting.splice(0, first < 0 ? this.#waiting.length : Math.max(1, first));
  }

  async #commit(group: readonly Write[]): Promise<void> {
    const { entries, leaving, notes } = together(group);
    const removed = new IdRanges([...this.#unrecorded, ...leaving.list()]).list();
    const bytes = await this.#segments.leavingWith(leaving);
    let id = this.#log.lastId;
    await this.#writeMakingRoom({ entries, change: { removed, notes }, sync: entries.length > 0 || notes.size > 0 });
    this.#unrecorded = [];
    this.#state.apply({ removed, notes });
    this.#segments.drop(bytes);
    await this.#mark.write(this.#markOf());
    if (removed.length > 0) await this.#prune();
    for (const { values, resolve } of group) resolve(values.map(() => ++id));
  }

  #markOf() {
    const { notes, removed } = this.#state;
    const marked = this.#markedNotes.map((key) => [key, notes.get(key) ?? ""] as const);
    return { lastId: this.#log.lastId, leftThrough: removed.nextMissing(1) - 1, notes: new Map(marked) };
  }

  /** When the disk is full, files whose entries have all left go first, the oldest first. */
  async #writeMakingRoom(work: Parameters<QueueLog["write"]>[0]): Promise<void> {
    for (;;) {
      try {
        await this.#log.write(work);
        return;
      } catch (error) {
        if (!isFull(error) || !(await this.#segments.pruneOldest())) throw error;
      }
    }
  }

  /** A removal is done even so: it needs no room, and may make some. */
  async #refuse(group: readonly Write[], failure: Error): Promise<void> {
    const isRemoval = ({ values, notes }: Write) => values.length === 0 && notes.size === 0;
    const leaving = new IdRanges(group.filter(isRemoval).flatMap((write) => write.removed));
    try {
      const bytes = await this.#segments.leavingWith(leaving);
      this.#unrecorded = [...this.#unrecorded, ...leaving.list()];
      this.#state.apply({ removed: leaving.list(), notes: NO_NOTES });
      this.#segments.drop(bytes);
      if (leaving.size > 0) await this.#prune();
    } catch {
      // The same disk; the next write tries again.
    }
    for (const write of group) {
      if (isRemoval(write)) write.resolve([]);
      else write.reject(failure);
    }
  }

  /** Never keeps more than the disk has free, so that others who write to it do not suffer. */
  async #prune(): Promise<void> {
    try {
      const freeBytes = this.#keepBytes === 0 ? 0 : await freeBytesOf(this.#dir);
      await this.#segments.prune(Math.min(this.#keepBytes, freeBytes), () => this.#log.sync());
    } catch {
      // The files stay until the next time.
    }
  }
}

/** What a group of writes comes to. */
function together(group: readonly Write[]) {
  const entries: { value: Uint8Array; needsCommit: boolean }[] = [];
  const leaving = new IdRanges();
  const notes = new Map<string, string>();
  for (const write of group) {
    for (const value of write.values) entries.push({ value, needsCommit: write.notes.size > 0 });
    for (const [from, to] of write.removed) leaving.add(from, to);
    for (const [key, text] of write.notes) notes.set(key, text);
  }
  return { entries, leaving, notes };
}

interface Parts {
  readonly keepBytes: number;
  readonly unlock: () => Promise<void>;
  readonly state: QueueState;
  readonly segments: Segments;
  readonly log: QueueLog;
  readonly damage: { ids: number };
  readonly others: readonly Segment[];
  readonly onDamage: OnDamage;
  readonly marked: ReadonlyMap<string, string>;
  readonly markedNotes: readonly string[];
}

async function openParts(dir: string, options: QueueOptions, unlock: () => Promise<void>): Promise<Parts> {
  const damage = { ids: 0 };
  const onDamage = (report: DamageReport) => {
    damage.ids += report.ids;
    options.onDamage?.(report);
  };
  const { segments: list, others, state, lastId, marked } = await openFolder(dir, onDamage);
  const indexes = new IndexCache(dir, state.removed, onDamage);
  const segments = new Segments(dir, list, { state, indexes });
  await segments.measure();
  indexes.opened();
  const segmentBytes = options.segmentBytes ?? SEGMENT_BYTES;
  const log = new QueueLog({ dir, segmentBytes, lastId, state, segments, indexes });
  const { keepBytes = 0, markedNotes = [] } = options;
  const parts = { keepBytes, unlock, state, segments, log, damage, marked, markedNotes };
  return { ...parts, others, onDamage: options.onDamage ?? (() => {}) };
}

async function makeSyncedFolder(dir: string): Promise<void> {
  const made = await makeFolder(dir, PRIVATE_FOLDER);
  if (made !== undefined) await syncPath(dirname(made));
}

async function freeBytesOf(dir: string): Promise<number> {
  const { bavail, bsize } = await statfs(dir);
  return bavail * bsize;
}

function isFull(error: unknown): boolean {
  return FULL.includes(systemCodeOf(error) ?? "");
}
