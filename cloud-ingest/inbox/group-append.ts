import type { DurableQueue } from "../../firmware-config/kit/durable-queue.ts";
import { messageOf } from "../../firmware-config/kit/errors.ts";

interface Pending {
  readonly value: Uint8Array;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** Name of the note that holds how many values were ever taken; it commits with them, so it is exact after a crash. */
const TOTAL = "acked";

/** Appends what came while the disk was busy in one write and one sync, and counts what it took. */
export class GroupAppend {
  readonly #queue: DurableQueue;
  #pending: Pending[] = [];
  #flushing: Promise<void> | undefined;
  #total: number;

  constructor(queue: DurableQueue) {
    this.#queue = queue;
    this.#total = Number(queue.note(TOTAL) ?? 0);
  }

  /** Values taken since the queue was made. */
  get total(): number {
    return this.#total;
  }

  /** Resolves once the value is on the disk. */
  append(value: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#pending.push({ value, resolve, reject });
      this.#flushing ??= this.#flush();
    });
  }

  /** Resolves when nothing is under way. */
  async idle(): Promise<void> {
    while (this.#flushing) await this.#flushing;
  }

  async #flush(): Promise<void> {
    // What arrives in one piece of network traffic shares the first write too.
    await Promise.resolve();
    while (this.#pending.length > 0) {
      const group = this.#pending;
      this.#pending = [];
      await this.#write(group);
    }
    this.#flushing = undefined;
  }

  async #write(group: readonly Pending[]): Promise<void> {
    const total = this.#total + group.length;
    try {
      await this.#queue.append(
        group.map((one) => one.value),
        new Map([[TOTAL, String(total)]]),
      );
      this.#total = total;
      for (const one of group) one.resolve();
    } catch (error) {
      const failure = error instanceof Error ? error : new Error(messageOf(error));
      for (const one of group) one.reject(failure);
    }
  }
}
