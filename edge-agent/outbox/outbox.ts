import type { DataMessage } from "../../firmware-config/contract/messages.ts";
import type { Clock } from "../../firmware-config/kit/clock.ts";
import { DurableQueue } from "../../firmware-config/kit/durable-queue.ts";
import { AppError, messageOf } from "../../firmware-config/kit/errors.ts";
import type { Log } from "../../firmware-config/kit/log.ts";
import { pause } from "../../firmware-config/kit/pause.ts";
import { WakeUp } from "../../firmware-config/kit/wake-up.ts";
import type { Draft, MessageSink } from "../window/message-sink.ts";
import { Stamper } from "./stamper.ts";

export interface OutboxOptions {
  readonly dir: string;
  readonly deviceId: string;
  readonly bootId: string;
  readonly maxBytes: number;
  readonly maxAgeMs: number;
  readonly clock: Clock;
  readonly isClockSynced: () => boolean;
  readonly log: Log;
}

/** A message that waits for the broker's PUBACK. */
export interface OutboxEntry {
  readonly id: number;
  readonly message: DataMessage;
}

export interface OutboxStats {
  readonly depth: number;
  readonly bytes: number;
  readonly oldestAgeS: number;
  /** Messages given up since the outbox was made. */
  readonly dropped: number;
}

/** The messages of one boot that an outbox ever held: `seq` 0 to `lastSeq`. */
export interface BootRecord {
  readonly bootId: string;
  readonly lastSeq: number;
}

/** Messages in memory while the disk refuses them; beyond it the oldest goes and is counted. */
const MAX_UNWRITTEN = 10_000;
const RETRY_MS = 1_000;
/** Boots that are remembered for audits. */
const MAX_BOOT_RECORDS = 1_000;
const BOOT = "boot/";
const DROPPED = "dropped";
const CHECKPOINT = "checkpoint";

const textOf = (value: Uint8Array) => Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString();

/**
 * The device's durable queue: what is in it survives `kill -9`, and leaves only when the broker has acknowledged it, or, with
 * the loss counted and reported, when the outbox is full or the message too old.
 */
export class Outbox implements MessageSink {
  readonly #options: OutboxOptions;
  readonly #queue: DurableQueue;
  readonly #stamper: Stamper;
  /** Wakes the publisher when the disk has taken more messages. */
  readonly arrivals = new WakeUp();
  #unwritten: DataMessage[] = [];
  #checkpoint: string | undefined;
  #checkpointDirty = false;
  #writing: Promise<void> | undefined;
  #dropped: number;
  #closing = new AbortController();
  #oldest: { id: number; atMs: number } | undefined;

  private constructor(options: OutboxOptions, queue: DurableQueue) {
    this.#options = options;
    this.#queue = queue;
    this.#stamper = new Stamper(options);
    this.#dropped = Number(queue.note(DROPPED) ?? 0);
  }

  /** Opens or makes the outbox in `options.dir`; throws `AppError` when the folder cannot be used. */
  static async open(options: OutboxOptions): Promise<Outbox> {
    const outbox = new Outbox(options, await DurableQueue.open(options.dir));
    await outbox.#forgetOldBoots();
    await outbox.#findOldest();
    return outbox;
  }

  /** The open windows that the boot before this one left behind. */
  get checkpoint(): string | undefined {
    return this.#queue.note(CHECKPOINT) || undefined;
  }

  /** Every boot's messages that this outbox ever held, for audits. */
  bootRecords(): readonly BootRecord[] {
    const notes = [...this.#queue.notes(BOOT)];
    return notes.map(([key, lastSeq]) => ({ bootId: key.slice(BOOT.length), lastSeq: Number(lastSeq) }));
  }

  async commit(drafts: readonly Draft[], checkpoint: string | undefined): Promise<void> {
    for (const draft of drafts) this.#unwritten.push(this.#stamper.stamp(draft));
    if (checkpoint !== undefined) {
      this.#checkpoint = checkpoint;
      this.#checkpointDirty = true;
    }
    this.#writing ??= this.#writeAll().finally(() => {
      this.#writing = undefined;
    });
  }

  /** Resolves when all that was committed is on the disk, or `signal` aborts; true when it is on the disk. */
  async flush(signal: AbortSignal): Promise<boolean> {
    while (this.#writing && !signal.aborted) await Promise.race([this.#writing, pause(100, signal)]);
    return this.#unwritten.length === 0;
  }

  /** The oldest entries after `afterId`, at most `limit`. */
  async read(afterId: number, limit: number): Promise<readonly OutboxEntry[]> {
    const entries = await this.#queue.read(afterId, limit);
    return entries.map(({ id, value }) => ({ id, message: JSON.parse(textOf(value)) }));
  }

  /** Id of the newest entry; what is above it later is live. */
  get lastId(): number {
    return this.#queue.stats().lastId;
  }

  /** Takes out what the broker has acknowledged. */
  async acknowledge(ids: readonly number[]): Promise<void> {
    await this.#queue.remove(ids);
  }

  stats(): OutboxStats {
    const { depth, bytes } = this.#queue.stats();
    const ageMs = depth > 0 && this.#oldest ? this.#options.clock.nowMs() - this.#oldest.atMs : 0;
    return {
      depth: depth + this.#unwritten.length,
      bytes,
      oldestAgeS: Math.max(0, ageMs / 1000),
      dropped: this.#dropped,
    };
  }

  /** Keeps the outbox within its bounds; called now and then by the health timer. */
  async trim(): Promise<void> {
    const { maxAgeMs, clock } = this.#options;
    await this.#findOldest();
    while (this.#oldest && clock.nowMs() - this.#oldest.atMs > maxAgeMs) {
      await this.#giveUp([this.#oldest.id], "too old");
      await this.#findOldest();
    }
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#writing;
    await this.#queue.close();
  }

  async #forgetOldBoots(): Promise<void> {
    const boots = [...this.#queue.notes(BOOT).keys()].sort();
    const old = boots.slice(0, Math.max(0, boots.length - MAX_BOOT_RECORDS));
    if (old.length > 0) await this.#queue.append([], new Map(old.map((key) => [key, ""])));
  }

  async #writeAll(): Promise<void> {
    let failing = false;
    while (this.#unwritten.length > 0 || this.#checkpointDirty) {
      try {
        await this.#writeOnce();
        if (failing) this.#options.log.info({}, "outbox writes again");
        failing = false;
      } catch (error) {
        if (!failing) this.#report(error);
        failing = true;
        this.#boundUnwritten();
        if (this.#closing.signal.aborted) return;
        await pause(RETRY_MS, this.#closing.signal);
      }
    }
  }

  async #writeOnce(): Promise<void> {
    await this.#makeRoom();
    const batch = this.#unwritten.slice();
    const checkpoint = this.#checkpoint;
    this.#checkpointDirty = false;
    const notes = new Map<string, string>();
    const last = batch.at(-1);
    if (last) notes.set(BOOT + last.bootId, String(last.seq));
    if (checkpoint !== undefined) notes.set(CHECKPOINT, checkpoint);
    try {
      await this.#queue.append(
        batch.map((message) => Buffer.from(JSON.stringify(message))),
        notes,
      );
    } catch (error) {
      this.#checkpointDirty = true;
      throw error;
    }
    this.#unwritten = this.#unwritten.slice(batch.length);
    this.arrivals.notify();
  }

  async #makeRoom(): Promise<void> {
    while (this.#queue.stats().bytes > this.#options.maxBytes) {
      const oldest = await this.#queue.read(0, 100);
      await this.#giveUp(
        oldest.map((entry) => entry.id),
        "outbox full",
      );
    }
  }

  async #giveUp(ids: readonly number[], reason: string): Promise<void> {
    await this.#queue.remove(ids);
    await this.#countDropped(ids.length, reason);
  }

  #boundUnwritten(): void {
    const excess = this.#unwritten.length - MAX_UNWRITTEN;
    if (excess <= 0) return;
    this.#unwritten = this.#unwritten.slice(excess);
    this.#dropped += excess;
  }

  async #countDropped(count: number, reason: string): Promise<void> {
    this.#dropped += count;
    this.#options.log.warn({ count, reason, dropped: this.#dropped }, "messages given up");
    await this.#queue.append([], new Map([[DROPPED, String(this.#dropped)]]));
  }

  async #findOldest(): Promise<void> {
    const [oldest] = await this.read(0, 1);
    this.#oldest = oldest && { id: oldest.id, atMs: Date.parse(oldest.message.ts) };
  }

  #report(error: unknown): void {
    const hint = error instanceof AppError ? error.hint : undefined;
    this.#options.log.error({ error: messageOf(error), hint }, "outbox cannot write; counts wait in memory");
  }
}
