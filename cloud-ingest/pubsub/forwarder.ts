import { backOffMs, pause } from "../../firmware-config/kit/pause.ts";
import type { BusEntry, BusLimit } from "../bus/port.ts";
import type { Inbox } from "../inbox/inbox.ts";
import type { Troubles } from "../troubles.ts";
import type { TopicWriter } from "./topic-writer.ts";

const LIMIT: BusLimit = { maxMessages: 2_000, maxBytes: 8 * 1024 * 1024 };
const FIRST_RETRY_MS = 200;
const LONGEST_RETRY_MS = 15_000;

export interface ForwarderParts {
  readonly inbox: Inbox;
  readonly writer: TopicWriter;
  readonly troubles: Troubles;
}

/** Brings what the inbox holds to Pub/Sub, for as long as it takes; a message leaves the inbox once Pub/Sub has named it. */
export class Forwarder {
  readonly #parts: ForwarderParts;

  constructor(parts: ForwarderParts) {
    this.#parts = parts;
  }

  async run(signal: AbortSignal): Promise<void> {
    for await (const batch of this.#parts.inbox.batches(undefined, LIMIT, signal)) {
      if (await this.#forward(batch, signal)) await this.#parts.inbox.ack(batch);
    }
  }

  /** False when it was told to stop before all had arrived. */
  async #forward(batch: readonly BusEntry[], signal: AbortSignal): Promise<boolean> {
    let left = batch;
    for (let attempt = 0; !signal.aborted; attempt += 1) {
      const failed = await this.#publish(left);
      if (failed.length === 0) {
        this.#parts.troubles.clear("forward-down");
        return true;
      }
      left = failed.map(({ entry }) => entry);
      this.#parts.troubles.raise("forward-down", failed[0]?.error);
      await pause(backOffMs(attempt, FIRST_RETRY_MS, LONGEST_RETRY_MS), signal);
    }
    return false;
  }

  /** All at once, so that the client fills its requests; gives those that did not arrive, in their order. */
  async #publish(entries: readonly BusEntry[]): Promise<readonly Failed[]> {
    const { writer } = this.#parts;
    const outcomes = await Promise.allSettled(entries.map(({ message, id }) => writer.publish(message, id)));
    return entries.flatMap((entry, i) => {
      const outcome = outcomes[i];
      return outcome?.status === "rejected" ? [{ entry, error: outcome.reason }] : [];
    });
  }
}

interface Failed {
  readonly entry: BusEntry;
  readonly error: unknown;
}
