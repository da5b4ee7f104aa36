import type { DataMessage } from "../../firmware-config/contract/messages.ts";
import type { DurableQueue } from "../../firmware-config/kit/durable-queue.ts";
import { retimed } from "./retime.ts";
import type { Stretch, WallClock } from "./wall-clock.ts";

/** What a boot has found out about its clock. */
interface Findings {
  readonly history: readonly Stretch[];
  /** Entries that had been sent as they were stamped by then. */
  readonly sent: readonly number[];
}

/** Name of the note that keeps a boot's findings. */
export const findingsNote = (bootId: string) => `clock/${bootId}`;

/**
 * Decides with which time a message is sent. What was once sent keeps its time, and what a boot finds out about its clock is
 * on the disk before it is used: the cloud knows a repetition only on the same date.
 */
export class SendTimes {
  readonly #bootId: string;
  readonly #queue: DurableQueue;
  readonly #wallClock: WallClock;
  readonly #sentAsStamped = new Set<number>();
  #saved: readonly Stretch[] = [];

  constructor(bootId: string, queue: DurableQueue, wallClock: WallClock) {
    this.#bootId = bootId;
    this.#queue = queue;
    this.#wallClock = wallClock;
  }

  /** The message with the right time, where the clock that stamped it is known to have been wrong. */
  async toSend(id: number, message: DataMessage): Promise<DataMessage> {
    if (message.clockSynced) return message;
    this.#wallClock.look();
    await this.save();
    const timed = this.#timed(id, message);
    if (timed === message) this.#sentAsStamped.add(id);
    return timed;
  }

  /** Brings to the disk what was found out since the last time; a clock that never jumped is not worth a note. */
  async save(): Promise<void> {
    const { history } = this.#wallClock;
    if (history === this.#saved || history.length < 2) return;
    const findings: Findings = { history, sent: [...this.#sentAsStamped] };
    await this.#queue.append([], new Map([[findingsNote(this.#bootId), JSON.stringify(findings)]]));
    this.#saved = history;
  }

  /** Called when entries have left. */
  forget(ids: readonly number[]): void {
    for (const id of ids) this.#sentAsStamped.delete(id);
  }

  #timed(id: number, message: DataMessage): DataMessage {
    const note = this.#queue.note(findingsNote(message.bootId));
    if (note === undefined || this.#sentAsStamped.has(id)) return message;
    const { history, sent }: Findings = JSON.parse(note);
    return sent.includes(id) ? message : retimed(message, history);
  }
}
