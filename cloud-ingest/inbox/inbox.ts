import { randomUUID } from "node:crypto";
import { setMaxListeners } from "node:events";
import { DurableQueue } from "../../firmware-config/kit/durable-queue.ts";
import { WakeUp } from "../../firmware-config/kit/wake-up.ts";
import type { Bus, BusEntry, BusLimit, BusMessage, BusStats, LastStored } from "../bus/port.ts";
import type { Troubles } from "../troubles.ts";
import { GroupAppend } from "./group-append.ts";
import { decodeMessage, encodeMessage } from "./inbox-message.ts";

export interface InboxOptions {
  readonly maxBytes: number;
  readonly troubles: Troubles;
}

export interface InboxStats extends BusStats {
  /** True while nothing is taken because the inbox holds as much as it may. */
  readonly full: boolean;
}

const EPOCH = "epoch";
const NEVER = new AbortController().signal;
// As many listen to it as appends wait for room.
setMaxListeners(0, NEVER);

/**
 * The bus of a single machine: holds what the broker has acknowledged until ingest has stored it. What `publish` resolved for
 * is on the synced disk. When it is full, `publish` waits, so the broker acknowledges nothing.
 */
export class Inbox implements Bus {
  readonly #queue: DurableQueue;
  readonly #options: InboxOptions;
  readonly #appends: GroupAppend;
  readonly #news = new WakeUp();
  readonly #room = new WakeUp();
  #full = false;
  #closed = false;

  private constructor(queue: DurableQueue, options: InboxOptions) {
    this.#queue = queue;
    this.#options = options;
    this.#appends = new GroupAppend(queue);
  }

  /** Opens or makes the inbox in `dir`. Throws `AppError` when the folder is locked, read-only, full or damaged. */
  static async open(dir: string, options: InboxOptions): Promise<Inbox> {
    const queue = await DurableQueue.open(dir);
    if (queue.note(EPOCH) === undefined) await queue.append([], new Map([[EPOCH, randomUUID()]]));
    return new Inbox(queue, options);
  }

  /** Resolves once the message is on the disk; rejects when the disk could not take it or the inbox closes. */
  async publish(message: BusMessage): Promise<void> {
    const bytes = encodeMessage(message);
    while (this.#isFull()) await this.#room.wait(NEVER);
    if (this.#closed) throw new Error("The inbox is closed");
    await this.#appends.append(bytes);
    this.#news.notify();
  }

  async *batches(lastStored: LastStored, limit: BusLimit, signal: AbortSignal): AsyncGenerator<readonly BusEntry[]> {
    let last = await lastStored(this.#epoch);
    await this.#removeThrough(last);
    while (!signal.aborted) {
      await this.#waitForMore(last, signal);
      const batch = await this.#read(last, limit);
      last = lastOf(batch) ?? last;
      if (batch.length > 0) yield batch;
    }
  }

  async ack(batch: readonly BusEntry[]): Promise<void> {
    await this.#removeThrough(lastOf(batch) ?? 0);
  }

  stats(): InboxStats {
    const { depth, bytes } = this.#queue.stats();
    return { streams: [this.#epoch], depth, bytes, acked: this.#appends.total, full: this.#full };
  }

  /** Lets every `publish` that waits for room fail, finishes those under way and lets go of the folder. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#room.notify();
    await this.#appends.idle();
    await this.#queue.close();
  }

  /** Names this inbox: a new one counts from 1 again. */
  get #epoch(): string {
    return this.#queue.note(EPOCH) ?? "";
  }

  /** The oldest messages after that one, up to the limit but at least one. */
  async #read(afterId: number, limit: BusLimit): Promise<readonly BusEntry[]> {
    const stream = this.#epoch;
    const entries = await this.#queue.read(afterId, this.#countWithin(afterId, limit));
    return entries.map(({ id, value }) => {
      return { id: `${stream}:${id}`, message: decodeMessage(value), position: { stream, number: id } };
    });
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

  #countWithin(afterId: number, { maxMessages, maxBytes }: BusLimit): number {
    const { oldestId, lastId } = this.#queue.stats();
    let count = 0;
    let bytes = 0;
    for (let id = Math.max(afterId + 1, oldestId); id <= lastId && count < maxMessages; id += 1) {
      const size = this.#queue.sizeOf(id);
      bytes += size;
      if (count > 0 && bytes > maxBytes) break;
      if (size > 0) count += 1;
    }
    return count;
  }
}

function lastOf(batch: readonly BusEntry[]): number | undefined {
  return batch.at(-1)?.position?.number;
}
