import type { DataMessage } from "../../firmware-config/contract/messages.ts";
import type { Clock } from "../../firmware-config/kit/clock.ts";
import type { DurableQueue } from "../../firmware-config/kit/durable-queue.ts";
import { messageOf } from "../../firmware-config/kit/errors.ts";
import type { Log } from "../../firmware-config/kit/log.ts";
import { WakeUp } from "../../firmware-config/kit/wake-up.ts";
import type { Draft, MessageSink } from "../window/message-sink.ts";
import { BOOT_NUMBER_NOTE, DROPPED_NOTE, openQueue } from "./open-queue.ts";
import { findingsNote, SendTimes } from "./send-times.ts";
import { Stamper } from "./stamper.ts";
import { WallClock } from "./wall-clock.ts";
import { type Batch, WriteBehind } from "./write-behind.ts";

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

/** A message that waits for the broker's PUBACK, as it was stamped. */
export interface OutboxEntry {
  readonly id: number;
  readonly message: DataMessage;
}

export interface OutboxStats {
  readonly depth: number;
  readonly bytes: number;
  /** Messages given up or found damaged since the outbox was made. */
  readonly dropped: number;
}

/** The messages of one boot that an outbox ever held: `seq` 0 to `lastSeq`. */
export interface BootRecord {
  readonly bootId: string;
  readonly lastSeq: number;
}

/** Boots that are remembered for audits. */
const MAX_BOOT_RECORDS = 1_000;
const TRIM_BATCH = 100;
const AGE_CHECK_MS = 60_000;
const BOOT = "boot/";
const CHECKPOINT = "checkpoint";

/** Both only grow, so the greater one is the newer one. */
const greatest = (queue: DurableQueue, key: string) =>
  Math.max(Number(queue.note(key)) || 0, Number(queue.markedNote(key)) || 0);
const textOf = (value: Uint8Array) => Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString();

/**
 * The device's durable queue: what is in it survives `kill -9`, and leaves only when the broker has acknowledged it, or, with
 * the loss counted and reported, when the outbox is full, the message too old or its place on the disk damaged.
 */
export class Outbox implements MessageSink {
  readonly #options: OutboxOptions;
  readonly #queue: DurableQueue;
  readonly #stamper: Stamper;
  readonly #wallClock: WallClock;
  readonly #sendTimes: SendTimes;
  readonly #unwritten: WriteBehind;
  /** Wakes the publisher when the disk has taken more messages. */
  readonly arrivals = new WakeUp();
  /** Counts the starts on this disk, from 1: orders boots without a clock. */
  readonly bootNumber: number;
  #dropped: number;
  /** Damaged entries that `#dropped` holds. */
  #damagedDropped = 0;
  #agedAtMs = Number.NEGATIVE_INFINITY;

  private constructor(options: OutboxOptions, queue: DurableQueue) {
    this.#options = options;
    this.#queue = queue;
    this.#stamper = new Stamper(options);
    this.#wallClock = new WallClock(options.clock, options.isClockSynced);
    this.#sendTimes = new SendTimes(options.bootId, queue, this.#wallClock);
    this.#unwritten = new WriteBehind({
      write: (batch) => this.#write(batch),
      onDropped: (count) => {
        this.#dropped += count;
      },
      log: options.log,
    });
    this.#dropped = greatest(queue, DROPPED_NOTE);
    this.bootNumber = greatest(queue, BOOT_NUMBER_NOTE) + 1;
  }

  /** Opens or makes the outbox in `options.dir`; throws `AppError` when the folder cannot be used. */
  static async open(options: OutboxOptions): Promise<Outbox> {
    const outbox = new Outbox(options, await openQueue(options.dir, options.maxBytes, options.log));
    await outbox.#forgetOldBoots();
    await outbox.#noteBoot();
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
    this.#wallClock.look();
    const messages = drafts.map((draft) => this.#stamper.stamp(draft));
    this.#unwritten.add(messages, checkpoint);
  }

  /** Resolves when all that was committed is on the disk, or `signal` aborts; true when it is on the disk. */
  flush(signal: AbortSignal): Promise<boolean> {
    return this.#unwritten.flush(signal);
  }

  /** The oldest entries after `afterId`, at most `limit`; those that are damaged are given up. */
  async read(afterId: number, limit: number): Promise<readonly OutboxEntry[]> {
    const entries = await this.#queue.read(afterId, limit);
    const good = entries.filter(({ damaged }) => !damaged);
    const last = entries.at(-1);
    if (last && good.length < entries.length) {
      await this.#giveUpDamaged(entries.filter(({ damaged }) => damaged).map(({ id }) => id));
      if (good.length === 0) return this.read(last.id, limit);
    }
    return good.map(({ id, value }) => ({ id, message: JSON.parse(textOf(value)) }));
  }

  /** The message as it is to be sent: with the right time where the clock that stamped it is known to have been wrong. */
  toSend({ id, message }: OutboxEntry): Promise<DataMessage> {
    return this.#sendTimes.toSend(id, message);
  }

  /** Id of the newest entry; what is above it later is live. */
  get lastId(): number {
    return this.#queue.stats().lastId;
  }

  /** Takes out what the broker has acknowledged, whether the disk takes more or not. */
  async acknowledge(ids: readonly number[]): Promise<void> {
    await this.#queue.remove(ids);
    this.#sendTimes.forget(ids);
  }

  stats(): OutboxStats {
    const { depth, bytes, damaged } = this.#queue.stats();
    const lost = damaged - this.#damagedDropped;
    return { depth: depth - lost + this.#unwritten.depth, bytes, dropped: this.#dropped + lost };
  }

  /** Age of the oldest message on the disk, seconds; 0 when there is none. */
  async oldestAgeS(): Promise<number> {
    const [oldest] = await this.read(0, 1);
    return oldest ? Math.max(0, this.#ageMs(oldest.message) / 1000) : 0;
  }

  async close(): Promise<void> {
    await this.#unwritten.close();
    await this.#queue.close();
  }

  /** A disk that refuses it gets it with the next messages; until then two boots may have one number, and arrival decides. */
  async #noteBoot(): Promise<void> {
    try {
      await this.#queue.append([], this.#bootNote());
    } catch (error) {
      this.#options.log.warn({ error: messageOf(error) }, "outbox cannot note this start");
    }
  }

  #bootNote(): ReadonlyMap<string, string> {
    return new Map([[BOOT_NUMBER_NOTE, String(this.bootNumber)]]);
  }

  async #forgetOldBoots(): Promise<void> {
    const boots = [...this.#queue.notes(BOOT).keys()].sort();
    const old = boots.slice(0, Math.max(0, boots.length - MAX_BOOT_RECORDS));
    const forgotten = old.flatMap((key) => [key, findingsNote(key.slice(BOOT.length))]);
    try {
      if (old.length > 0) await this.#queue.append([], new Map(forgotten.map((key) => [key, ""])));
    } catch (error) {
      // A full disk must not keep the agent from counting; the next start forgets them.
      this.#options.log.warn({ error: messageOf(error) }, "outbox cannot forget old boots");
    }
  }

  async #write({ messages, checkpoint }: Batch): Promise<void> {
    await this.#trim();
    await this.#sendTimes.save();
    const notes = new Map([...this.#bootNote(), [DROPPED_NOTE, String(this.#dropped)]]);
    const last = messages.at(-1);
    if (last) notes.set(BOOT + last.bootId, String(last.seq));
    if (checkpoint !== undefined) notes.set(CHECKPOINT, checkpoint);
    await this.#queue.append(
      messages.map((message) => Buffer.from(JSON.stringify(message))),
      notes,
    );
    if (last) this.arrivals.notify();
  }

  /** Keeps the outbox within its bounds. */
  async #trim(): Promise<void> {
    const before = this.#dropped;
    while (this.#queue.stats().bytes > this.#options.maxBytes) {
      const oldest = await this.read(0, TRIM_BATCH);
      if (oldest.length === 0) break;
      await this.#giveUp(oldest);
    }
    if (this.#wallClock.elapsedMs - this.#agedAtMs >= AGE_CHECK_MS) await this.#giveUpOld();
    const count = this.#dropped - before;
    if (count > 0) this.#options.log.warn({ count, dropped: this.#dropped }, "messages given up: full or too old");
  }

  async #giveUpOld(): Promise<void> {
    this.#agedAtMs = this.#wallClock.elapsedMs;
    for (;;) {
      const oldest = await this.read(0, TRIM_BATCH);
      const kept = oldest.findIndex(({ message }) => !this.#isTooOld(message));
      await this.#giveUp(kept < 0 ? oldest : oldest.slice(0, kept));
      if (kept >= 0 || oldest.length === 0) return;
    }
  }

  async #giveUp(entries: readonly Pick<OutboxEntry, "id">[]): Promise<void> {
    if (entries.length === 0) return;
    const dropped = this.#dropped + entries.length;
    await this.#queue.remove(
      entries.map(({ id }) => id),
      new Map([[DROPPED_NOTE, String(dropped)]]),
    );
    this.#dropped = dropped;
  }

  /** Until the disk takes note of it they are counted as dropped by the queue's own sum. */
  async #giveUpDamaged(ids: readonly number[]): Promise<void> {
    try {
      await this.#giveUp(ids.map((id) => ({ id })));
      this.#damagedDropped += ids.length;
    } catch (error) {
      this.#options.log.warn({ error: messageOf(error) }, "outbox cannot take out what is damaged");
    }
  }

  /** Only clocks that are known to be right, now and then, may condemn a message. */
  #isTooOld(message: DataMessage): boolean {
    return message.clockSynced && this.#wallClock.synced && this.#ageMs(message) > this.#options.maxAgeMs;
  }

  /** Time since the message was made; where clocks cannot tell, the time that it waits at least. */
  #ageMs(message: DataMessage): number {
    const { elapsedMs, synced } = this.#wallClock;
    if (message.bootId === this.#options.bootId) return elapsedMs - message.monotonicMs;
    return message.clockSynced && synced ? this.#options.clock.nowMs() - Date.parse(message.ts) : elapsedMs;
  }
}
