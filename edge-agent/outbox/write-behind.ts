import type { DataMessage } from "../../firmware-config/contract/messages.ts";
import { AppError, messageOf } from "../../firmware-config/kit/errors.ts";
import type { Log } from "../../firmware-config/kit/log.ts";
import { pause } from "../../firmware-config/kit/pause.ts";

/** What goes to the disk in one step. */
export interface Batch {
  readonly messages: readonly DataMessage[];
  /** The newest state of the open windows; undefined as long as there was none. */
  readonly checkpoint: string | undefined;
}

export interface WriteBehindOptions {
  /** Resolves when the disk has the batch; a batch that it refuses comes again, with what came since. */
  readonly write: (batch: Batch) => Promise<void>;
  /** Told of messages that had to go. */
  readonly onDropped: (count: number) => void;
  readonly log: Log;
}

/** Messages in memory beside those that are being written; beyond it the oldest goes and is counted. */
const MAX_WAITING = 10_000;
const RETRY_MS = 1_000;

/** Brings messages to the disk in order without holding up who counts; while the disk refuses, they wait, up to a bound. */
export class WriteBehind {
  readonly #options: WriteBehindOptions;
  readonly #closing = new AbortController();
  #waiting: DataMessage[] = [];
  #underWay: readonly DataMessage[] = [];
  #checkpoint: string | undefined;
  #dirty = false;
  #failing = false;
  #running: Promise<void> | undefined;

  constructor(options: WriteBehindOptions) {
    this.#options = options;
  }

  /** Messages that the disk does not have yet. */
  get depth(): number {
    return this.#waiting.length + this.#underWay.length;
  }

  add(messages: readonly DataMessage[], checkpoint: string | undefined): void {
    for (const message of messages) this.#waiting.push(message);
    this.#checkpoint = checkpoint ?? this.#checkpoint;
    this.#dirty = true;
    this.#bound();
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
    });
  }

  /** Resolves when the disk has all, or `signal` aborts; true when it has all. */
  async flush(signal: AbortSignal): Promise<boolean> {
    while (this.#running && !signal.aborted) await Promise.race([this.#running, pause(100, signal)]);
    return this.#running === undefined;
  }

  /** Writes what waits; what the disk refuses now is lost, and said to be. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#running;
    if (this.depth > 0) this.#options.log.error({ count: this.depth }, "messages lost: the disk refuses them");
  }

  async #run(): Promise<void> {
    while (this.#dirty) {
      await this.#writeOnce();
      if (!this.#failing) continue;
      if (this.#closing.signal.aborted) return;
      await pause(RETRY_MS, this.#closing.signal);
    }
  }

  async #writeOnce(): Promise<void> {
    this.#underWay = this.#waiting;
    this.#waiting = [];
    this.#dirty = false;
    try {
      await this.#options.write({ messages: this.#underWay, checkpoint: this.#checkpoint });
      this.#succeeded();
    } catch (error) {
      this.#failed(error);
    }
    this.#underWay = [];
    this.#bound();
  }

  #succeeded(): void {
    if (this.#failing) this.#options.log.info({}, "outbox writes again");
    this.#failing = false;
  }

  #failed(error: unknown): void {
    const hint = error instanceof AppError ? error.hint : undefined;
    if (!this.#failing)
      this.#options.log.error({ error: messageOf(error), hint }, "outbox cannot write; counts wait in memory");
    this.#failing = true;
    this.#dirty = true;
    this.#waiting = [...this.#underWay, ...this.#waiting];
  }

  #bound(): void {
    const excess = this.#waiting.length - MAX_WAITING;
    if (excess <= 0) return;
    this.#waiting = this.#waiting.slice(excess);
    this.#options.onDropped(excess);
  }
}
