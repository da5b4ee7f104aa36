import { setMaxListeners } from "node:events";
import { type Clock, systemClock } from "../../firmware-config/kit/clock.ts";
import { DurableQueue, type QueueEntry } from "../../firmware-config/kit/durable-queue.ts";
import type { DamageReport } from "../../firmware-config/kit/queue/damage-report.ts";
import { WakeUp } from "../../firmware-config/kit/wake-up.ts";
import type { BusEntry, BusLimit, BusMessage, BusReader, BusStats, BusWriter, LastStored } from "../bus/port.ts";
import type { Troubles } from "../troubles.ts";
import { decodeMessage, encodeMessage } from "./inbox-message.ts";
import { entryName, Streams } from "./streams.ts";

export interface InboxOptions {
  /** Most bytes of messages that are not stored yet. */
  readonly maxBytes: number;
  /** Bytes of files that are kept after all in them is stored, for a warehouse that has to go back; default none. */
  readonly keepBytes?: number;
  readonly troubles: Troubles;
  readonly clock?: Clock;
}

export interface InboxStats extends BusStats {
  /** True while nothing is taken because the inbox holds as much as it may. */
  readonly full: boolean;
  /** Messages found damaged since the start; each goes to quarantine in its turn. */
  readonly damaged: number;
}

const DAMAGED = "damaged in the inbox";
const NEVER = new AbortController().signal;
// As many listen to it as appends wait for room.
setMaxListeners(0, NEVER);

/**
 * The bus of a single machine: holds what the broker has acknowledged until ingest has stored it, and for some time after. What
 * `publish` resolved for is on the synced disk. When it is full, `publish` waits, so the broker acknowledges nothing.
 */
export class Inbox implements BusWriter, BusReader {
  readonly #queue: DurableQueue;
  readonly #options: InboxOptions;
  readonly #streams: Streams;
  readonly #clock: Clock;
  readonly #news = new WakeUp();
  readonly #room = new WakeUp();
  #hasStarted = false;
  #isServing = false;
  #full = false;
  #closed = false;

  private constructor(queue: DurableQueue, options: InboxOptions) {
    this.#queue = queue;
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#streams = new Streams(queue, (options.keepBytes ?? 0) > 0);
  }

  /** Opens or makes the inbox in `dir`, damaged or not. Throws `AppError` when the folder is locked or cannot be used. */
  static async open(dir: string, options: InboxOptions): Promise<Inbox> {
    const { keepBytes = 0, troubles } = options;
    const queue = await DurableQueue.open(dir, { keepBytes, onDamage: (report) => tell(report, troubles) });
    const inbox = new Inbox(queue, options);
    await queue.takeInDoubled(() => inbox.#streams.startNotes());
    return inbox;
  }

  /** Resolves once the message is on the disk; rejects when the disk could not take it or the inbox closes. */
  async publish(message: BusMessage): Promise<void> {
    const bytes = encodeMessage(message);
    while (this.#isFull()) await this.#room.wait(NEVER);
    if (this.#closed) throw new Error("The inbox is closed");
    await this.#queue.append([bytes], this.#hasStarted ? undefined : this.#streams.startNotes());
    this.#hasStarted = true;
    this.#news.notify();
  }

  async *batches(
    lastStored: LastStored | undefined,
    limit: BusLimit,
    signal: AbortSignal,
  ): AsyncGenerator<readonly BusEntry[]> {
    let last = lastStored ? await this.#begin(lastStored) : this.#forgotten();
    this.#isServing = true;
    try {
      while (!signal.aborted) {
        await this.#waitForMore(last, signal);
        const batch = await this.#read(last, limit);
        last = lastOf(batch) ?? last;
        if (batch.length > 0) yield batch;
      }
    } finally {
      this.#isServing = false;
    }
  }

  async ack(batch: readonly BusEntry[]): Promise<void> {
    await this.#removeThrough(lastOf(batch) ?? 0);
  }

  stats(): InboxStats {
    const { depth, bytes, lastId, damaged } = this.#queue.stats();
    const acked = lastId + this.#streams.beyond;
    return { streams: this.#streams.names, depth, bytes, acked, isServing: this.#isServing, full: this.#full, damaged };
  }

  /** Lets every `publish` that waits for room fail, finishes those under way and lets go of the folder. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#room.notify();
    await this.#queue.close();
  }

  /** Goes to where the warehouse stands, which may be far back; gives that number. */
  async #begin(lastStored: LastStored): Promise<number> {
    const { storedThrough: last, newlyLost } = await this.#streams.compare(lastStored);
    if (newlyLost > 0)
      this.#options.troubles.raise("inbox-behind", `${newlyLost} messages that are stored are not here`);
    // Not the oldest that is here: damage may have brought back some that are older than what has left.
    const forgotten = this.#queue.newestLeftId;
    if (last < forgotten) await this.#goBack(last, forgotten);
    await this.#removeThrough(last);
    return last;
  }

  /** The newest message that was acknowledged, with all before it. */
  #forgotten(): number {
    const { oldestId, lastId } = this.#queue.stats();
    return oldestId === 0 ? lastId : oldestId - 1;
  }

  async #goBack(last: number, forgotten: number): Promise<void> {
    const isKept = (this.#options.keepBytes ?? 0) > 0;
    const missing = (isKept ? (await this.#queue.restoreAfter(last)) - 1 : forgotten) - last;
    const text = `the warehouse went back; ${missing} messages that it had stored are kept here no more`;
    if (missing > 0) this.#options.troubles.raise("inbox-gap", text);
  }

  /** The oldest messages after that one of one stream, up to the limit but at least one. */
  async #read(afterId: number, limit: BusLimit): Promise<readonly BusEntry[]> {
    const entries = await this.#queue.read(afterId, limit.maxMessages, limit.maxBytes);
    const batch = entries.map((entry) => this.#entryOf(entry));
    return batch.filter(({ position }) => position?.stream === batch[0]?.position?.stream);
  }

  #entryOf(entry: QueueEntry): BusEntry {
    const stream = this.#streams.nameOf(entry.id);
    const place = { id: entryName(stream, entry.id), position: { stream, number: entry.id } };
    const message = entry.damaged ? undefined : decodeMessage(entry.value);
    if (message) return { ...place, message };
    const bytes = { receivedAtMs: this.#clock.nowMs(), topic: "", payload: entry.value };
    return { ...place, message: bytes, unusable: DAMAGED };
  }

  async #removeThrough(id: number): Promise<void> {
    await this.#queue.removeThrough(id);
    if (!this.#isFull()) this.#room.notify();
  }

  async #waitForMore(afterId: number, signal: AbortSignal): Promise<void> {
    while (!signal.aborted && !this.#hasMore(afterId)) await this.#news.wait(signal);
  }

  #hasMore(afterId: number): boolean {
    const { depth, lastId } = this.#queue.stats();
    return depth > 0 && lastId > afterId;
  }

  #isFull(): boolean {
    const { bytes, depth } = this.#queue.stats();
    const full = bytes >= this.#options.maxBytes && !this.#closed;
    if (full !== this.#full) {
      this.#full = full;
      if (full) this.#options.troubles.raise("inbox-full", `${depth} messages, ${bytes} bytes`);
      else this.#options.troubles.clear("inbox-full");
    }
    return full;
  }
}

function lastOf(batch: readonly BusEntry[]): number | undefined {
  return batch.at(-1)?.position?.number;
}

function tell({ kind, file, ids, bytes }: DamageReport, troubles: Troubles): void {
  if (kind === "unreadable") {
    troubles.raise("inbox-damaged", "the file cannot be read and is set aside in damaged/", file);
  } else if (kind === "doubled") {
    troubles.raise("inbox-mixed", `${ids} messages are served again, ${bytes} bytes cannot be`, file);
  } else if (kind === "damaged") {
    troubles.raise("inbox-damaged", `${ids} messages go to quarantine, ${bytes} bytes are unreadable`, file);
  } else {
    troubles.raise("inbox-torn", `${bytes} bytes at the end are set aside in damaged/`, file);
    // Nothing is wrong now: who sent them was never told that they had come.
    troubles.clear("inbox-torn", file);
  }
}
