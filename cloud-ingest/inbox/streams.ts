import { randomUUID } from "node:crypto";
import type { DurableQueue } from "../../firmware-config/kit/durable-queue.ts";
import type { LastStored } from "../bus/port.ts";

/** The numbers from `fromId` up to the next stream's belong to this name. */
interface Stream {
  readonly name: string;
  readonly fromId: number;
}

const STREAMS = "streams";
const UNCHECKED_FROM = "uncheckedFrom";
const BEYOND = "beyond";

/**
 * The names under which the inbox's numbers are known to the warehouse: nearly always one. Should the inbox have lost its end,
 * or come from a backup, it gives numbers out again that the warehouse has; what has come since then gets a name of its own, so
 * that none of it is taken for what was stored.
 */
export class Streams {
  readonly #queue: DurableQueue;
  /** The first number that was given out since the inbox and the warehouse were last compared. */
  readonly #uncheckedFrom: number;
  #isChecked = false;
  /** Made once: several messages may come before the first of them is written. */
  #startNotes: ReadonlyMap<string, string> | undefined;

  constructor(queue: DurableQueue) {
    this.#queue = queue;
    this.#uncheckedFrom = Number(queue.note(UNCHECKED_FROM) ?? queue.stats().lastId + 1);
  }

  /** Messages that are in the warehouse and were lost here, whose numbers were given out again. */
  get beyond(): number {
    return Number(this.#queue.note(BEYOND) ?? 0);
  }

  /** Every stream that numbers of this inbox ever belonged to. */
  get names(): readonly string[] {
    return this.#list().map(({ name }) => name);
  }

  /** What must be written with the first messages after a start. */
  startNotes(): ReadonlyMap<string, string> {
    this.#startNotes ??= new Map([
      ...(this.#list().length === 0 ? [[STREAMS, textOf([newStream(this.#firstHeld())])] as const] : []),
      ...(this.#isChecked ? [] : [[UNCHECKED_FROM, String(this.#uncheckedFrom)] as const]),
    ]);
    return this.#startNotes;
  }

  nameOf(id: number): string {
    return this.#list().findLast(({ fromId }) => fromId <= id)?.name ?? "";
  }

  /** The number after which the warehouse has nothing; compares the two first. */
  async storedThrough(lastStored: LastStored): Promise<number> {
    await this.#check(lastStored);
    const list = this.#list();
    for (const [i, { name, fromId }] of list.entries()) {
      const toId = (list[i + 1]?.fromId ?? this.#queue.stats().lastId + 1) - 1;
      const stored = await lastStored(name);
      if (stored < toId) return Math.max(stored, fromId - 1);
    }
    return this.#queue.stats().lastId;
  }

  async #check(lastStored: LastStored): Promise<void> {
    if (this.#isChecked) return;
    const newest = this.#list().at(-1);
    const stored = newest ? await lastStored(newest.name) : 0;
    const again = stored - this.#uncheckedFrom + 1;
    const notes = new Map<string, string>();
    if (this.#startNotes || this.#queue.note(UNCHECKED_FROM) !== undefined) notes.set(UNCHECKED_FROM, "");
    if (again > 0) {
      notes.set(STREAMS, textOf([...this.#list(), newStream(this.#uncheckedFrom)]));
      notes.set(BEYOND, String(this.beyond + again));
    }
    this.#isChecked = true;
    try {
      if (notes.size > 0) await this.#queue.append([], notes);
    } catch (error) {
      this.#isChecked = false;
      throw error;
    }
  }

  #list(): readonly Stream[] {
    const text = this.#queue.note(STREAMS);
    return text === undefined ? [] : JSON.parse(text);
  }

  #firstHeld(): number {
    return this.#queue.stats().oldestId || this.#uncheckedFrom;
  }
}

const newStream = (fromId: number): Stream => ({ name: randomUUID(), fromId });
const textOf = (streams: readonly Stream[]) => JSON.stringify(streams);
