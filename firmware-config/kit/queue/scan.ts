import { decode, type Found, isWrittenToEnd, MARKER, type StateRecord } from "./record.ts";

/** Bytes that no record can be read from, and the ids that are missing where they stand: none when they held state alone. */
export interface Damage {
  readonly start: number;
  readonly end: number;
  readonly fromId: number;
  /** Less than `fromId` when no id is missing. */
  readonly toId: number;
}

/** Where the values of a segment's entries stand, by id from `firstId` on. Of a damaged one: a part of the damaged bytes. */
export class EntryIndex {
  readonly firstId: number;
  readonly starts: number[] = [];
  readonly sizes: number[] = [];
  readonly damaged = new Set<number>();

  constructor(firstId: number) {
    this.firstId = firstId;
  }

  get lastId(): number {
    return this.firstId + this.starts.length - 1;
  }

  sizeOf(id: number): number {
    return this.sizes[id - this.firstId] ?? 0;
  }

  add(start: number, size: number): void {
    this.starts.push(start);
    this.sizes.push(size);
  }

  /** Shares the damaged bytes out to the ids that are missing, so that together they hold all of them. */
  addDamage({ start, end, fromId, toId }: Damage): void {
    const count = toId - fromId + 1;
    const share = (i: number) => start + Math.floor(((end - start) * i) / count);
    for (let i = 0; i < count; i += 1) {
      this.damaged.add(fromId + i);
      this.add(share(i), share(i + 1) - share(i));
    }
  }

  cutAfter(id: number): void {
    const length = Math.max(0, id - this.firstId + 1);
    this.starts.length = Math.min(this.starts.length, length);
    this.sizes.length = this.starts.length;
    for (const one of this.damaged) if (one > id) this.damaged.delete(one);
  }
}

/** What the bytes of a segment hold. */
export interface Scan {
  readonly index: EntryIndex;
  readonly states: readonly StateRecord[];
  readonly damage: readonly Damage[];
  /** Bytes behind the last good record that a write left which did not come to its end. */
  readonly torn: number;
}

export interface ScanPlace {
  readonly salt: number;
  readonly firstId: number;
  /** The newest id of the segment, where a later one tells it. */
  readonly lastId?: number | undefined;
  /** The newest id of all, as far as the mark beside the segments tells it. */
  readonly toldId?: number | undefined;
}

/**
 * Reads a whole segment: every record whose checksum holds, whatever stands between them. Where bytes are damaged it goes on at
 * the next marker that begins a good record. Entries that need a commit and have none are left out where the last write was
 * torn.
 */
export function scan(bytes: Buffer, place: ScanPlace): Scan {
  const reading = new Reading(place);
  let at = 0;
  while (at < bytes.length) {
    const found = decode(bytes, at, place.salt);
    if (found && reading.take(found, at)) at = found.end;
    else at = nextMarker(bytes, at + 1);
  }
  return reading.end(bytes);
}

function nextMarker(bytes: Buffer, from: number): number {
  const at = bytes.indexOf(MARKER, from);
  return at < 0 ? bytes.length : at;
}

class Reading {
  readonly #place: ScanPlace;
  readonly #index: EntryIndex;
  readonly #states: StateRecord[] = [];
  readonly #damage: Damage[] = [];
  /** Offset behind the last good record. */
  #goodTo = 0;
  #committedTo: number;

  constructor(place: ScanPlace) {
    this.#place = place;
    this.#index = new EntryIndex(place.firstId);
    this.#committedTo = place.firstId - 1;
  }

  /** False when a record cannot stand here. */
  take({ record, valueAt, end }: Found, at: number): boolean {
    const expected = this.#index.lastId + 1;
    const least = record.type === "entry" ? expected : expected - 1;
    if (record.id < least) return false;
    this.#missing(at, record.type === "entry" ? record.id - 1 : record.id);
    if (record.type === "entry") this.#index.add(valueAt, record.value.byteLength);
    else this.#states.push(record);
    if (record.type !== "entry" || !record.needsCommit) this.#committedTo = this.#index.lastId;
    this.#goodTo = end;
    return true;
  }

  end(bytes: Buffer): Scan {
    const { lastId, firstId, toldId = firstId } = this.#place;
    const isTorn = lastId === undefined && !isWrittenToEnd(bytes);
    if (lastId !== undefined) {
      this.#missing(lastId > this.#index.lastId ? bytes.length : this.#goodTo, lastId);
      this.#index.cutAfter(lastId);
    } else if (isTorn || this.#goodTo === bytes.length) {
      this.#index.cutAfter(this.#committedTo);
    } else {
      // Written to its end, so somebody may rely on it: at least one record is lost, an entry unless a commit was due, or nothing but
      // state was in the file as far as anybody knows.
      const isCommit = this.#committedTo < this.#index.lastId;
      const isStateAlone = toldId < firstId && this.#index.lastId < firstId;
      this.#missing(bytes.length, this.#index.lastId + (isCommit || isStateAlone ? 0 : 1));
    }
    const torn = isTorn ? bytes.length - this.#goodTo : 0;
    return { index: this.#index, states: this.#states, damage: this.#damage, torn };
  }

  /** Notes that what stands before `at` is damaged, or that ids are missing up to `toId`. */
  #missing(at: number, toId: number): void {
    const fromId = this.#index.lastId + 1;
    if (at === this.#goodTo && toId < fromId) return;
    const damage = { start: this.#goodTo, end: at, fromId, toId };
    this.#damage.push(damage);
    this.#index.addDamage(damage);
  }
}
