import { AppError } from "../../firmware-config/kit/errors.ts";
import { backOffMs, pause } from "../../firmware-config/kit/pause.ts";
import type { BusEntry, BusLimit, BusReader } from "../bus/port.ts";
import type { Troubles } from "../troubles.ts";
import type { IngestBatch, IngestStore, Ledger, RefusedRow } from "../warehouse/port.ts";
import { sortMessages, withoutRefused } from "./sort.ts";

export interface IngestOptions {
  readonly bus: BusReader;
  readonly store: IngestStore;
  readonly troubles: Troubles;
  /** Most messages in one transaction. */
  readonly limit?: BusLimit;
}

/** What became of all messages so far. */
export interface IngestStats extends Ledger {
  readonly lastStoredAt?: string;
}

const LIMIT = { maxMessages: 2_000, maxBytes: 16 * 1024 * 1024 };
const FIRST_RETRY_MS = 200;
const LONGEST_RETRY_MS = 15_000;

/** Brings what the bus carries into the warehouse: every message is stored, known already, or quarantined with a reason; none is dropped. */
export class Ingest {
  readonly #options: IngestOptions;
  #ledger: Ledger = { stored: 0, duplicate: 0, quarantined: 0 };
  #lastStoredAt: string | undefined;

  constructor(options: IngestOptions) {
    this.#options = options;
  }

  /** Sums over all batches ever stored, and when the last one was committed (RFC 3339 UTC). */
  get stats(): IngestStats {
    return this.#lastStoredAt === undefined ? this.#ledger : { ...this.#ledger, lastStoredAt: this.#lastStoredAt };
  }

  /** Works until `signal` aborts; a failing warehouse or bus is tried again for as long as it takes. */
  async run(signal: AbortSignal): Promise<void> {
    for (let attempt = 0; !signal.aborted; attempt += 1) {
      try {
        for await (const _ of this.#batches(signal)) attempt = 0;
      } catch (error) {
        this.#options.troubles.raise("warehouse-down", error);
        await pause(backOffMs(attempt, FIRST_RETRY_MS, LONGEST_RETRY_MS), signal);
      }
    }
  }

  /** Bus -> sort -> warehouse -> the bus may forget; yields after each batch. */
  async *#batches(signal: AbortSignal): AsyncGenerator<void> {
    const { bus, store, limit = LIMIT } = this.#options;
    this.#ledger = await store.ledger();
    for await (const batch of bus.batches((stream) => store.lastStored(stream), limit, signal)) {
      await this.#storeAll(batch);
      await bus.ack(batch);
      this.#options.troubles.clear("warehouse-down");
      yield;
    }
  }

  /** One transaction; when the warehouse refuses rows, it names all of them at once, and one more takes them as quarantined. */
  async #storeAll(messages: readonly BusEntry[]): Promise<void> {
    const batch = sortMessages(messages);
    const refused = await this.#store(batch);
    if (refused.length === 0) return;
    const left = await this.#store(withoutRefused(batch, refused));
    if (left.length > 0) {
      throw new AppError(`The warehouse refuses ${left.length} rows that it did not name at first`, {
        code: "INTERNAL",
        hint: "Report this with the log; the messages stay in the bus.",
      });
    }
  }

  async #store(batch: IngestBatch): Promise<readonly RefusedRow[]> {
    const { stored, duplicate, quarantined, refused = [] } = await this.#options.store.store(batch);
    if (refused.length > 0) return refused;
    const before = this.#ledger;
    this.#ledger = {
      stored: before.stored + stored,
      duplicate: before.duplicate + duplicate,
      quarantined: before.quarantined + quarantined,
    };
    this.#lastStoredAt = new Date().toISOString();
    return [];
  }
}
