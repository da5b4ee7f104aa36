import { randomBytes } from "node:crypto";
import type { DurableQueue } from "../../firmware-config/kit/durable-queue.ts";
import type { LastStored } from "../bus/port.ts";

/** The numbers from `fromId` up to the next stream's belong to this name. */
interface Stream {
  readonly name: string;
  readonly fromId: number;
}

/** How the inbox and the warehouse stand to each other. */
export interface Comparison {
  /** The number after which the warehouse may lack something. */
  readonly storedThrough: number;
  /** Messages that the warehouse has and the inbox lost since it was last compared. */
  readonly newlyLost: number;
}

const STREAMS = "streams";
const BEYOND = "beyond";
/** Between the inbox's own name, which its first start gave it, and that of a later start. */
const START_MARK = ".";
/** 96 random bits: no two starts of any inbox share a name. */
const NAME_BYTES = 12;
const NAME = "[A-Za-z0-9_-]{16}";
const ENTRY_NAME = new RegExp(`^${NAME}(\\${START_MARK}${NAME})?:[1-9][0-9]{0,15}$`);

/** How the bus names the message of that number. */
export const entryName = (stream: string, number: number) => `${stream}:${number}`;

/** True for a text that `entryName` may have made. */
export const isEntryName = (text: string) => ENTRY_NAME.test(text);

/**
 * The names under which the inbox's numbers are known to the warehouse: one for each start that took a message. So one process
 * alone gives out the numbers of a name, each once, and whatever backups are mixed, a name and a number mean one message.
 */
export class Streams {
  readonly #queue: DurableQueue;
  readonly #isKept: boolean;
  readonly #list: Stream[];
  #beyond: number;
  #startNotes: ReadonlyMap<string, string> | undefined;

  /** `isKept`: the queue keeps what has left, so that it can be served again. */
  constructor(queue: DurableQueue, isKept: boolean) {
    this.#queue = queue;
    this.#isKept = isKept;
    this.#list = JSON.parse(queue.note(STREAMS) ?? "[]");
    this.#beyond = Number(queue.note(BEYOND) ?? 0);
  }

  /** Messages that are in the warehouse and were lost here. */
  get beyond(): number {
    return this.#beyond;
  }

  /** Every stream that numbers of this inbox ever belonged to. */
  get names(): readonly string[] {
    return this.#list.map(({ name }) => name);
  }

  /**
   * What must be written with the first messages after a start; the same each time, for several may come before the first is
   * written, and nothing else ever writes it.
   */
  startNotes(): ReadonlyMap<string, string> {
    if (!this.#startNotes) {
      const { lastId } = this.#queue.stats();
      const fromId = this.#list.length === 0 ? this.#firstUnnamed() : lastId + 1;
      this.#list.push({ name: this.#newName(), fromId });
      this.#startNotes = new Map([[STREAMS, JSON.stringify(this.#list)]]);
    }
    return this.#startNotes;
  }

  /** Where the names are lost nobody can ask how far they are stored: all that is there is served again, and `eventId` settles it. */
  #firstUnnamed(): number {
    const { lastId, oldestId } = this.#queue.stats();
    return this.#isKept ? this.#queue.oldestKeptId : oldestId || lastId + 1;
  }

  #newName(): string {
    const random = randomBytes(NAME_BYTES).toString("base64url");
    const [first] = this.names;
    return first === undefined ? random : `${first.split(START_MARK)[0]}${START_MARK}${random}`;
  }

  nameOf(id: number): string {
    return this.#list.findLast(({ fromId }) => fromId <= id)?.name ?? "";
  }

  /** Looks up how far the warehouse has each stream. What is published meanwhile comes after that. */
  async compare(lastStored: LastStored): Promise<Comparison> {
    await this.#nameWhatIsHeld();
    const { lastId } = this.#queue.stats();
    const list = [...this.#list];
    let storedThrough = lastId;
    let beyond = 0;
    for (const [i, { name, fromId }] of list.entries()) {
      const toId = (list[i + 1]?.fromId ?? lastId + 1) - 1;
      const stored = await lastStored(name);
      if (stored < toId) storedThrough = Math.min(storedThrough, Math.max(stored, fromId - 1));
      beyond += Math.max(0, stored - toId);
    }
    const newlyLost = Math.max(0, beyond - this.#beyond);
    await this.#note(beyond);
    return { storedThrough, newlyLost };
  }

  /** An inbox whose state is destroyed holds messages without a name. */
  async #nameWhatIsHeld(): Promise<void> {
    const { depth, lastId } = this.#queue.stats();
    const isNameless = this.#list.length === 0 && (depth > 0 || (this.#isKept && lastId > 0));
    if (isNameless) await this.#queue.append([], this.startNotes());
  }

  async #note(beyond: number): Promise<void> {
    if (beyond === this.#beyond) return;
    this.#beyond = beyond;
    // A disk that takes nothing must not keep the warehouse waiting; the next start finds it out again.
    await this.#queue.append([], new Map([[BEYOND, String(beyond)]])).catch(() => {});
  }
}
