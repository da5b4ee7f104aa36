import type { IndexCache } from "./index-cache.ts";
import { type QueueState, type StateChange, textOf } from "./queue-state.ts";
import { encode, HEADER_BYTES, type QueueRecord, sizeOf } from "./record.ts";
import type { EntryIndex } from "./scan.ts";
import { createSegment } from "./segment.ts";
import { SegmentWriter } from "./segment-writer.ts";
import type { Segments } from "./segments.ts";

export interface QueueLogOptions {
  readonly dir: string;
  readonly segmentBytes: number;
  readonly lastId: number;
  readonly state: QueueState;
  readonly segments: Segments;
  readonly indexes: IndexCache;
}

/** What goes to the disk in one write. */
export interface LogWork {
  readonly entries: readonly { readonly value: Uint8Array; readonly needsCommit: boolean }[];
  readonly change: StateChange;
  /** Whether it must be on the medium before `write` resolves. */
  readonly sync: boolean;
}

/** Writes the queue's records, one write at a time; a new file with every start, so an old one is never changed. */
export class QueueLog {
  readonly #options: QueueLogOptions;
  #lastId: number;
  #current:
    | { readonly writer: SegmentWriter; readonly index: EntryIndex; readonly after: string | undefined }
    | undefined;

  constructor(options: QueueLogOptions) {
    this.#options = options;
    this.#lastId = options.lastId;
  }

  /** Id of the newest entry. */
  get lastId(): number {
    return this.#lastId;
  }

  /** All of it or, when it rejects, nothing. */
  async write({ entries, change, sync }: LogWork): Promise<void> {
    const { writer, index, after } = await this.#openCurrent();
    const { segment } = writer;
    const isNew = segment.fileBytes === 0;
    const records = this.#recordsOf(entries, change, isNew ? this.#options.state.snapshot(after) : undefined);
    const bytes = Buffer.allocUnsafe(records.reduce((sum, record) => sum + sizeOf(record), 0));
    const starts: number[] = [];
    let at = 0;
    for (const record of records) {
      if (record.type === "entry") starts.push(segment.fileBytes + at + HEADER_BYTES);
      at = encode(record, bytes, at, segment.salt);
    }
    await writer.write(bytes, sync || isNew);
    let size = 0;
    entries.forEach(({ value }, i) => {
      index.add(starts[i] ?? 0, value.byteLength);
      size += value.byteLength;
    });
    this.#options.segments.grow(size);
    this.#lastId += entries.length;
    segment.lastId = this.#lastId;
  }

  /** Brings to the disk what was written without a sync. */
  async sync(): Promise<void> {
    await this.#current?.writer.sync();
  }

  async close(): Promise<void> {
    await this.#current?.writer.close();
  }

  #recordsOf(entries: LogWork["entries"], change: StateChange, head: string | undefined): readonly QueueRecord[] {
    let id = this.#lastId;
    const records: QueueRecord[] = head === undefined ? [] : [{ type: "snapshot", id, text: head }];
    for (const { value, needsCommit } of entries) records.push({ type: "entry", id: ++id, needsCommit, value });
    if (change.removed.length > 0 || change.notes.size > 0) records.push({ type: "commit", id, text: textOf(change) });
    return records;
  }

  async #openCurrent() {
    const { dir, segmentBytes, segments, indexes } = this.#options;
    if (this.#current && this.#current.writer.segment.fileBytes < segmentBytes) return this.#current;
    const after = segments.newest?.name;
    const segment = createSegment((segments.newest?.serial ?? 0) + 1, this.#lastId + 1);
    const writer = await SegmentWriter.create(dir, segment);
    await this.#current?.writer.close();
    segments.add(segment);
    this.#current = { writer, index: indexes.begin(segment), after };
    return this.#current;
  }
}
