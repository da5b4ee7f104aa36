import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { IdRanges } from "./id-ranges.ts";
import type { IndexCache } from "./index-cache.ts";
import type { QueueState } from "./queue-state.ts";
import type { EntryIndex } from "./scan.ts";
import { type ReadEntry, readEntries, type Segment } from "./segment.ts";

/** The newest file and the one before it are always kept: should one be damaged, the other tells the state. */
const ALWAYS_KEPT = 2;

/** How much is read at once; a single entry may be larger. */
export interface ReadLimit {
  readonly entries: number;
  readonly bytes: number;
}

/** Bytes that leave with some ids, by segment. */
export type Leaving = ReadonlyMap<Segment, number>;

/** The files of a queue, oldest first, and how many bytes of entries that have not left each holds. */
export class Segments {
  readonly #dir: string;
  readonly #state: QueueState;
  readonly #indexes: IndexCache;
  readonly #list: Segment[];
  readonly #liveBytes = new Map<Segment, number>();
  #bytes = 0;

  constructor(
    dir: string,
    list: readonly Segment[],
    parts: { readonly state: QueueState; readonly indexes: IndexCache },
  ) {
    this.#dir = dir;
    this.#list = [...list];
    this.#state = parts.state;
    this.#indexes = parts.indexes;
  }

  /** Bytes of all entries that have not left. */
  get bytes(): number {
    return this.#bytes;
  }

  get oldest(): Segment | undefined {
    return this.#list[0];
  }

  get newest(): Segment | undefined {
    return this.#list.at(-1);
  }

  add(segment: Segment): void {
    this.#list.push(segment);
  }

  /** Counts bytes of entries that were appended to the newest file. */
  grow(size: number): void {
    const segment = this.newest;
    if (segment) this.#setBytes(segment, (this.#liveBytes.get(segment) ?? 0) + size);
  }

  /** Looks through every file that holds entries above `afterId` which have not left. */
  async measure(afterId = 0): Promise<void> {
    for (const segment of [...this.#list]) {
      if (segment.lastId <= afterId || this.#isDead(segment)) continue;
      const index = await this.#indexes.of(segment);
      this.#setBytes(segment, this.#sizeOfLive(index, segment.firstId, segment.lastId));
    }
  }

  /** How many bytes will leave with these ids. */
  async leavingWith(removed: IdRanges): Promise<Leaving> {
    const leaving = new Map<Segment, number>();
    for (const [from, to] of removed.list()) {
      for (const segment of this.#list.filter(({ firstId, lastId }) => firstId <= to && from <= lastId)) {
        const isWhole = from <= segment.firstId && segment.lastId <= to;
        const bytes = isWhole
          ? (this.#liveBytes.get(segment) ?? 0)
          : this.#sizeOfLive(await this.#indexes.of(segment), from, to);
        leaving.set(segment, (leaving.get(segment) ?? 0) + bytes);
      }
    }
    return leaving;
  }

  /** To be called when they have left. */
  drop(leaving: Leaving): void {
    for (const [segment, bytes] of leaving) this.#setBytes(segment, (this.#liveBytes.get(segment) ?? 0) - bytes);
  }

  /** Entries after `afterId` that have not left, oldest first, at least one when there is one. */
  async read(afterId: number, limit: ReadLimit): Promise<readonly ReadEntry[]> {
    const entries: ReadEntry[] = [];
    let bytes = 0;
    let next = this.#state.removed.nextMissing(afterId + 1);
    for (const segment of this.#list.filter(({ lastId }) => lastId >= next)) {
      const index = await this.#indexes.of(segment);
      const ids: number[] = [];
      next = this.#state.removed.nextMissing(Math.max(next, segment.firstId));
      for (; next <= index.lastId; next = this.#state.removed.nextMissing(next + 1)) {
        bytes += index.sizeOf(next);
        const isOver = entries.length + ids.length >= limit.entries || bytes > limit.bytes;
        if (isOver && entries.length + ids.length > 0) break;
        ids.push(next);
      }
      if (ids.length > 0) entries.push(...(await this.#readOf(segment, index, ids)));
      if (next <= index.lastId) break;
    }
    return entries;
  }

  async #readOf(segment: Segment, index: EntryIndex, ids: readonly number[]): Promise<readonly ReadEntry[]> {
    const entries = await readEntries({ dir: this.#dir, segment, index, ids });
    for (const { id, damaged } of entries) if (damaged) this.#indexes.foundDamaged(segment, index, id);
    return entries;
  }

  /** Deletes the oldest files whose entries have all left, until those hold no more than `keepBytes`; first calls `before`. */
  async prune(keepBytes: number, before: () => Promise<void>): Promise<void> {
    let total = this.#deletable().reduce((sum, { fileBytes }) => sum + fileBytes, 0);
    if (total > keepBytes) await before();
    for (const segment of this.#deletable()) {
      if (total <= keepBytes) return;
      await this.#delete(segment);
      total -= segment.fileBytes;
    }
  }

  /** Deletes the oldest such file; false when there is none. */
  async pruneOldest(): Promise<boolean> {
    const [oldest] = this.#deletable();
    if (oldest) await this.#delete(oldest);
    return oldest !== undefined;
  }

  #deletable(): readonly Segment[] {
    return this.#list.slice(0, -ALWAYS_KEPT).filter((segment) => this.#isDead(segment));
  }

  async #delete(segment: Segment): Promise<void> {
    await rm(join(this.#dir, segment.name), { force: true, recursive: true });
    this.#list.splice(this.#list.indexOf(segment), 1);
    this.#liveBytes.delete(segment);
  }

  #isDead({ firstId, lastId }: Segment): boolean {
    return this.#state.removed.countWithin(firstId, lastId) === lastId - firstId + 1;
  }

  #sizeOfLive(index: EntryIndex, from: number, to: number): number {
    const { removed } = this.#state;
    const last = Math.min(to, index.lastId);
    let size = 0;
    for (let id = removed.nextMissing(Math.max(from, index.firstId)); id <= last; id = removed.nextMissing(id + 1))
      size += index.sizeOf(id);
    return size;
  }

  #setBytes(segment: Segment, bytes: number): void {
    this.#bytes += bytes - (this.#liveBytes.get(segment) ?? 0);
    this.#liveBytes.set(segment, bytes);
  }
}
