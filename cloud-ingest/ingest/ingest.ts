import { type Clock, systemClock } from "../../firmware-config/kit/clock.ts";
import { AppError } from "../../firmware-config/kit/errors.ts";
import { backOffMs, pause } from "../../firmware-config/kit/pause.ts";
import type { BusEntry, BusLimit, BusReader } from "../bus/port.ts";
import type { Troubles } from "../troubles.ts";
import type { IngestBatch, IngestStore, Ledger, StoreInfo, StoreOutcome } from "../warehouse/port.ts";
import type { IntakeHistory } from "../warehouse/quarantine-port.ts";
import { ClockJudge } from "./clock-judge.ts";
import { HeldBatches } from "./held-batches.ts";
import { Portions } from "./portions.ts";
import { QUARANTINE_WINDOW_MS, QuarantineWatch } from "./quarantine-watch.ts";
import { RowJudge } from "./row-judge.ts";
import { sortMessages, withoutRefused } from "./sort.ts";

export interface IngestOptions {
  readonly bus: BusReader;
  readonly store: IngestStore;
  readonly troubles: Troubles;
  /** What came before this start; without it alarms begin from nothing. */
  readonly history?: IntakeHistory;
  readonly clock?: Clock;
  /** Those that rows can be about; left out: none, and rows that no device sent are refused. */
  readonly stores?: readonly StoreInfo[];
  /** Most that is read from the bus at once. */
  readonly limit?: BusLimit;
}

/** What became of all messages so far. */
export interface IngestStats extends Ledger {
  /** Messages refused since the start, by what was wrong with them. */
  readonly refusedByClass: Readonly<Record<string, number>>;
  readonly lastStoredAt?: string;
}

const LIMIT = { maxMessages: 10_000, maxBytes: 16 * 1024 * 1024 };
const FIRST_RETRY_MS = 200;
const LONGEST_RETRY_MS = 15_000;

/** Brings what the bus carries into the warehouse: every message is stored, known already, or quarantined with a reason; none is dropped. */
export class Ingest {
  readonly #options: IngestOptions;
  #ledger: Ledger = { stored: 0, duplicate: 0, quarantined: 0 };
  #lastStoredAt: string | undefined;
  #hasRecalled = false;
  readonly #portions = new Portions();
  readonly #judge: ClockJudge;
  readonly #rowJudge: RowJudge;
  readonly #watch: QuarantineWatch;

  constructor(options: IngestOptions) {
    const { troubles, clock = systemClock } = options;
    this.#options = options;
    this.#judge = new ClockJudge({ clock, troubles });
    this.#rowJudge = new RowJudge(options.stores ?? []);
    this.#watch = new QuarantineWatch({ clock, troubles });
  }

  /** Sums over all batches ever stored, and when the last one was committed (RFC 3339 UTC). */
  get stats(): IngestStats {
    const sums = { ...this.#ledger, refusedByClass: this.#watch.refusedByClass };
    return this.#lastStoredAt === undefined ? sums : { ...sums, lastStoredAt: this.#lastStoredAt };
  }

  /** Works until `signal` aborts; a failing warehouse or bus is tried again for as long as it takes. */
  async run(signal: AbortSignal): Promise<void> {
    await Promise.all([this.#work(signal), this.#watch.run(signal)]);
  }

  async #work(signal: AbortSignal): Promise<void> {
    for (let attempt = 0; !signal.aborted; attempt += 1) {
      try {
        for await (const _ of this.#batches(signal)) attempt = 0;
      } catch (error) {
        attempt = await this.#rest(error, attempt, signal);
      }
    }
  }

  /** Says what failed and waits before the next try; gives the attempt that it counts as. */
  async #rest(error: unknown, attempt: number, signal: AbortSignal): Promise<number> {
    const counted = isOutOfMemory(error) && this.#portions.halve() ? 0 : attempt;
    this.#options.troubles.raise("warehouse-down", error);
    await pause(backOffMs(counted, FIRST_RETRY_MS, LONGEST_RETRY_MS), signal);
    return counted;
  }

  /** Bus -> the warehouse, batch by batch; yields when part of one is stored. */
  async *#batches(signal: AbortSignal): AsyncGenerator<unknown> {
    const { bus, store, limit = LIMIT } = this.#options;
    this.#ledger = await store.ledger();
    await this.#recall();
    const held = new HeldBatches(signal);
    try {
      for await (const batch of bus.batches((stream) => store.lastStored(stream), limit, held.reading)) {
        // Without a position nothing is asked anew when the warehouse went back, so nothing is won by leaving.
        if (batch[0]?.position) yield* this.#portionsStored(batch);
        else yield await held.add(this.#storeHeld(batch, signal), store.batchesAtOnce);
      }
    } finally {
      await held.finish();
    }
  }

  /** Keeps a batch of a bus without order until all of it is stored: to leave hands it back, and handed back too often it is given up. */
  async #storeHeld(batch: readonly BusEntry[], signal: AbortSignal): Promise<void> {
    let left = batch;
    for (let attempt = 0; left.length > 0 && !signal.aborted; attempt += 1) {
      try {
        // A warehouse that failed may have gone back, and its sums with it; one that takes several at once does not go back.
        const { store } = this.#options;
        if (attempt > 0 && (store.batchesAtOnce ?? 1) === 1) this.#ledger = await store.ledger();
        for await (const portion of this.#portionsStored(left)) {
          left = left.slice(portion.length);
          attempt = 0;
        }
      } catch (error) {
        attempt = await this.#rest(error, attempt, signal);
      }
    }
  }

  /** Portions -> sort -> warehouse -> the bus may forget; yields each once that is done. */
  async *#portionsStored(batch: readonly BusEntry[]): AsyncGenerator<readonly BusEntry[]> {
    for (const portion of this.#portions.of(batch)) {
      await this.#storeAll(portion);
      this.#portions.stored();
      await this.#options.bus.ack(portion);
      this.#options.troubles.clear("warehouse-down");
      yield portion;
    }
  }

  /** What came before this start, once; our own clock tells how long ago, as it told then. */
  async #recall(): Promise<void> {
    const { history, clock = systemClock } = this.#options;
    if (!history || this.#hasRecalled) return;
    const nowMs = clock.nowMs();
    const iso = (ms: number) => new Date(ms).toISOString();
    const lately = await history.intakeBetween(iso(nowMs - QUARANTINE_WINDOW_MS), iso(nowMs));
    this.#hasRecalled = true;
    if (lately.clockMark !== undefined) this.#judge.note(Date.parse(lately.clockMark));
    const refused = lately.refused.reduce((sum, one) => sum + one.messages, 0);
    this.#watch.remember(lately.stored + refused, lately.refused);
  }

  /** One transaction; when the warehouse refuses rows, it names all of them at once, and one more takes them as quarantined. */
  async #storeAll(messages: readonly BusEntry[]): Promise<void> {
    const batch = sortMessages(messages, this.#judge, this.#rowJudge);
    const { refused = [], refusedRows = [] } = await this.#store(batch);
    if (refused.length + refusedRows.length === 0) return;
    const left = await this.#store(withoutRefused(batch, refused, refusedRows));
    const more = (left.refused?.length ?? 0) + (left.refusedRows?.length ?? 0);
    if (more > 0) {
      throw new AppError(`The warehouse refuses ${more} rows that it did not name at first`, {
        code: "INTERNAL",
        hint: "Report this with the log; the messages stay in the bus.",
      });
    }
  }

  async #store(batch: IngestBatch): Promise<StoreOutcome> {
    const outcome = await this.#options.store.store({ ...batch, clock: this.#judge.told() });
    const { stored, duplicate, quarantined, refused = [], refusedRows = [] } = outcome;
    if (refused.length + refusedRows.length > 0) return outcome;
    const before = this.#ledger;
    this.#ledger = {
      stored: before.stored + stored,
      duplicate: before.duplicate + duplicate,
      quarantined: before.quarantined + quarantined,
    };
    this.#lastStoredAt = new Date().toISOString();
    this.#watch.saw(
      stored + duplicate + quarantined,
      batch.quarantine.map(({ reason }) => reason),
    );
    return outcome;
  }
}

const isOutOfMemory = (error: unknown) => error instanceof AppError && error.code === "OUT_OF_MEMORY";
