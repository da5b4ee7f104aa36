import { AppError } from "../../firmware-config/kit/errors.ts";
import { backOffMs, pause } from "../../firmware-config/kit/pause.ts";
import { WakeUp } from "../../firmware-config/kit/wake-up.ts";
import type { BusEntry, BusLimit } from "../bus/port.ts";
import type { Inbox } from "../inbox/inbox.ts";
import type { Troubles } from "../troubles.ts";
import { RETRY_HINT } from "./pubsub-error.ts";
import type { TopicWriter } from "./topic-writer.ts";

const LIMIT: BusLimit = { maxMessages: 2_000, maxBytes: 8 * 1024 * 1024 };
const FIRST_RETRY_MS = 200;
const LONGEST_RETRY_MS = 15_000;
/** When nothing arrived for so long, it is said; the client tries for longer. */
const SILENCE_MS = 5_000;
const SILENT = new AppError("Pub/Sub has not answered for some seconds", {
  code: "BUS_UNREACHABLE",
  hint: RETRY_HINT,
  retryable: true,
});

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
      const failed = failedOf(left, await this.#published(left, signal));
      if (failed.length === 0) {
        this.#parts.troubles.clear("forward-down");
        return true;
      }
      if (signal.aborted) break;
      left = failed.map(({ entry }) => entry);
      this.#parts.troubles.raise("forward-down", failed[0]?.error);
      await pause(backOffMs(attempt, FIRST_RETRY_MS, LONGEST_RETRY_MS), signal);
    }
    return false;
  }

  /** What became of each, all published at once so that the client fills its requests; nothing when it was told to stop before. */
  async #published(entries: readonly BusEntry[], signal: AbortSignal): Promise<Outcomes> {
    const { writer, troubles } = this.#parts;
    const { published } = writer;
    const arrived = new WakeUp();
    let outcomes: Outcomes = [];
    const publishing = Promise.allSettled(entries.map((entry) => writer.publish(entry.message, entry)));
    void publishing.then((all) => {
      outcomes = all;
      arrived.notify();
    });
    await arrived.wait(signal, SILENCE_MS);
    if (outcomes.length > 0) return outcomes;
    if (writer.published === published && !signal.aborted) troubles.raise("forward-down", SILENT);
    await arrived.wait(signal);
    return outcomes;
  }
}

type Outcomes = readonly PromiseSettledResult<void>[];

interface Failed {
  readonly entry: BusEntry;
  readonly error: unknown;
}

/** Those that did not arrive, in their order. */
function failedOf(entries: readonly BusEntry[], outcomes: Outcomes): readonly Failed[] {
  return entries.flatMap((entry, i) => {
    const outcome = outcomes[i];
    if (outcome?.status === "fulfilled") return [];
    return [{ entry, error: outcome?.reason }];
  });
}
