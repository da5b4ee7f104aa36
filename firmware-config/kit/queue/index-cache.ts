import { systemCodeOf } from "../errors.ts";
import type { OnDamage } from "./damage-report.ts";
import type { IdRanges } from "./id-ranges.ts";
import { type Damage, EntryIndex, scan } from "./scan.ts";
import { readSegment, type Segment } from "./segment.ts";
import { keepCopy } from "./set-aside.ts";
import { giveUp, UNREADABLE } from "./unreadable.ts";

/** Where somebody reads and where somebody removes: a few segments at a time. */
const MAX_INDEXES = 4;
/** The file is not there any more. */
const GONE: readonly string[] = ["ENOENT", "EISDIR"];

/** Where entries stand in the files, for the few segments that are in use; so memory does not grow with what is kept. */
export class IndexCache {
  readonly #dir: string;
  readonly #onDamage: OnDamage;
  readonly #removed: IdRanges;
  readonly #told = new Set<string>();
  readonly #indexes = new Map<number, EntryIndex>();
  #isOpening = true;
  /** Of the segment that is being written; always there. */
  #newest: { readonly segment: Segment; readonly index: EntryIndex } | undefined;

  constructor(dir: string, removed: IdRanges, onDamage: OnDamage) {
    this.#dir = dir;
    this.#removed = removed;
    this.#onDamage = onDamage;
  }

  /** To be called when the folder has been looked through. */
  opened(): void {
    this.#isOpening = false;
  }

  /** The index of the segment that is written from now on. */
  begin(segment: Segment): EntryIndex {
    const index = new EntryIndex(segment.firstId);
    this.#newest = { segment, index };
    return index;
  }

  /** Says what is damaged where it is found first. Rejects when the file cannot be read now. */
  async of(segment: Segment): Promise<EntryIndex> {
    if (this.#newest?.segment === segment) return this.#newest.index;
    const known = this.#indexes.get(segment.serial);
    const index = known ?? (await this.#load(segment));
    // The one that is used last stands last.
    this.#indexes.delete(segment.serial);
    this.#indexes.set(segment.serial, index);
    for (const serial of this.#indexes.keys()) if (this.#indexes.size > MAX_INDEXES) this.#indexes.delete(serial);
    return index;
  }

  /** Says of an entry, once, that it was good when its file was looked through and is not any more. */
  foundDamaged({ name: file }: Segment, index: EntryIndex, id: number): void {
    if (index.damaged.has(id)) return;
    index.damaged.add(id);
    this.#onDamage({ kind: "damaged", file, ids: 1, bytes: index.sizeOf(id) });
  }

  async #load(segment: Segment): Promise<EntryIndex> {
    const { salt, firstId, lastId, name } = segment;
    const bytes = await this.#readWhole(name);
    const { index, damage } = scan(bytes, { salt, firstId, lastId });
    for (const one of damage) await this.#tell(segment, one, bytes.subarray(one.start, one.end));
    return index;
  }

  /**
   * A file that is gone holds nothing, and so does one that cannot be read at the opening: it is set aside. Later that may pass,
   * and whoever reads tries again.
   */
  async #readWhole(name: string): Promise<Buffer> {
    try {
      return await readSegment(this.#dir, { name });
    } catch (error) {
      const code = systemCodeOf(error) ?? "";
      if (this.#isOpening && UNREADABLE.includes(code)) await giveUp(this.#dir, name, this.#onDamage);
      else if (!GONE.includes(code)) throw error;
      return Buffer.alloc(0);
    }
  }

  async #tell({ name: file }: Segment, { start, end, fromId, toId }: Damage, bytes: Uint8Array): Promise<void> {
    const name = `${file}.${start}-${end}`;
    if (this.#told.has(name)) return;
    this.#told.add(name);
    if (end > start) await keepCopy(this.#dir, name, bytes);
    const ids = Math.max(0, toId - fromId + 1 - this.#removed.countWithin(fromId, toId));
    this.#onDamage({ kind: "damaged", file, ids, bytes: end - start });
  }
}
