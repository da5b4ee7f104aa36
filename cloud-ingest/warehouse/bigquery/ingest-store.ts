import type { Clock } from "../../../firmware-config/kit/clock.ts";
import { dateOfMs, FIRST_DATE, isDate } from "../../calendar.ts";
import { groupBy } from "../../group-by.ts";
import { DATA_COLUMNS, DATA_TABLES, type DataTable } from "../columns.ts";
import { tableFor } from "../partitions/layout.ts";
import { route } from "../partitions/route.ts";
import type { DataRow, IngestBatch, IngestStore, Ledger, RefusedRow, StoreOutcome } from "../port.ts";
import { ledgerOf } from "../read-rows.ts";
import { refusal, refusedRows } from "../refused-rows.ts";
import type { Appenders } from "./appenders.ts";
import type { BigQueryClient } from "./big-query-client.ts";
import { expiredRows } from "./expiry.ts";
import { type LedgerBook, NEWEST } from "./ledger-book.ts";
import type { LoadJobs } from "./load-jobs.ts";
import { presenceRows } from "./presence-rows.ts";
import { quarantineRowOf } from "./quarantine-rows.ts";
import type { Siblings } from "./siblings.ts";
import type { BigQueryRowStore } from "./source-row-store.ts";
import { staleRows } from "./stale-rows.ts";

/** While the rows of one are on their way, the next is made ready; more would only hold more memory. */
const BATCHES_AT_ONCE = 2;
const NOTHING: Ledger = { stored: 0, duplicate: 0, quarantined: 0 };

export interface IngestParts {
  readonly client: BigQueryClient;
  readonly appenders: Appenders;
  readonly loads: LoadJobs;
  readonly book: LedgerBook;
  readonly siblings: Siblings;
  readonly sourced: Pick<BigQueryRowStore, "settled" | "append">;
  readonly clock: Clock;
}

/** A row and its place in the batch's data. */
interface Placed {
  readonly row: DataRow;
  readonly index: number;
}

/**
 * Takes batches from ingest. Rows are appended at least once, then what must be rolled up is noted, then the ledger; a batch that fails
 * in between comes again, and the views show its rows once.
 */
export class BigQueryIngestStore implements IngestStore {
  readonly batchesAtOnce = BATCHES_AT_ONCE;
  readonly #parts: IngestParts;
  #line: Promise<unknown> = Promise.resolve();

  constructor(parts: IngestParts) {
    this.#parts = parts;
  }

  lastStored(stream: string): Promise<number> {
    return this.#parts.book.lastStored(stream);
  }

  /** Rows of several batches may be on their way at once; a batch with a position waits for the one before altogether. */
  store(batch: IngestBatch): Promise<StoreOutcome> {
    const { position } = batch;
    return this.#inLine((before) =>
      position ? before.then(() => this.#store(batch, before)) : this.#store(batch, before),
    );
  }

  /** What is no message of the bus, such as one out of quarantine. Returns the rows that BigQuery refuses. */
  append(rows: Omit<IngestBatch, "position">): Promise<readonly RefusedRow[]> {
    return this.#inLine((before) => this.#append(rows, before));
  }

  /** What is noted after `before` has its numbers and sums in their order: who has seen a number has seen all before it. */
  #inLine<T>(work: (before: Promise<unknown>) => Promise<T>): Promise<T> {
    const done = work(this.#line);
    this.#line = done.catch(() => {});
    return done;
  }

  async #store(batch: IngestBatch, before: Promise<unknown>): Promise<StoreOutcome> {
    const { client, clock, sourced } = this.#parts;
    // What the rows of the batch before say must be there: a version is looked for before it is appended.
    if (batch.rows?.length) await before;
    const rows = await sourced.settled(batch.rows ?? []);
    const old = expiredRows(batch.data, client.config, clock.nowMs());
    const refused = [...refusedRows(batch.data), ...unwritableDates(batch.data), ...old];
    if (refused.length + rows.refused.length > 0) return refusal(refused, rows.refused);
    const { book } = this.#parts;
    const { position } = batch;
    if (position && position.number <= (await book.lastStored(position.stream))) return NOTHING;
    const late = await this.#append(batch, before);
    if (late.length > 0) return { ...NOTHING, refused: late };
    await sourced.append(rows);
    // Another worker may have taken the same version of a key between our look and our append: the one received first holds.
    const beaten = rows.fresh.length > 0 ? (await sourced.settled(batch.rows ?? [])).refused : [];
    if (beaten.length > 0) return refusal([], beaten);
    const fresh = firstOfEach(batch.data);
    const outcome = {
      stored: fresh.length + batch.presence.length + rows.fresh.length,
      duplicate: batch.data.length - fresh.length + rows.duplicate,
      quarantined: batch.quarantine.length,
    };
    await book.note(outcome, { position, clockMarkMs: batch.clock?.markMs });
    return outcome;
  }

  async ledger(): Promise<Ledger> {
    const [row] = await this.#parts.client.rows({
      sql: `SELECT SUM(stored) AS stored, SUM(duplicate) AS duplicate, SUM(quarantined) AS quarantined FROM (${NEWEST})`,
    });
    return row ? ledgerOf(row) : NOTHING;
  }

  /**
   * Rows first; then, after `before`, what was heard and what must be rolled up: whoever sees a note sees the rows. Returns the rows
   * that BigQuery refuses.
   */
  async #append(
    { data, presence, quarantine, clock }: Omit<IngestBatch, "position">,
    before: Promise<unknown>,
  ): Promise<readonly RefusedRow[]> {
    const { appenders, book, client } = this.#parts;
    const today = dateOfMs(this.#parts.clock.nowMs());
    const fresh = firstOfEach(data);
    const isStreamed = ({ row }: Placed) => route(row.date, today) === "stream";
    const byKind = groupBy(fresh.filter(isStreamed), ({ row }) => row.message.kind);
    const shares = [...byKind].map(([kind, placed]) => {
      return { kind, placed, rows: appenders.of(kind).encode(placed.map(({ row }) => fieldsOf(row))) };
    });
    const { keepDays } = client.config;
    const refusals = quarantine.map((row) => quarantineRowOf(row, { today, keepDays }));
    // A row that cannot be sent is found before any is.
    appenders.of("quarantine").encode(refusals);
    const old = fresh.filter((placed) => !isStreamed(placed)).map(({ row }) => row);
    const [faults] = await Promise.all([
      Promise.all(shares.map((share) => this.#appendShare(share))),
      appenders.append("quarantine", refusals),
      this.#load(old, today),
    ]);
    const refused = withTwins(data, faults.flat());
    await before;
    if (refused.length > 0) return refused;
    const place = { worker: book.worker, number: book.nextBatch() };
    const rows = fresh.map(({ row }) => row);
    await Promise.all([
      appenders.append("presence", presenceRows({ data, presence }, place, clock?.nowMs)),
      appenders.append("stale_quarter", staleRows(rows, place)),
    ]);
    return [];
  }

  async #appendShare({ kind, placed, rows }: Share): Promise<readonly RefusedRow[]> {
    const faults = await this.#parts.appenders.of(kind).append(rows);
    return faults.map(({ index, reason }) => ({ index: placed[index]?.index ?? 0, reason }));
  }

  /** What no stream takes, such as a recording of fifteen years ago, goes in by load jobs. */
  async #load(rows: readonly DataRow[], today: string): Promise<void> {
    for (const kind of DATA_TABLES) {
      const own = rows.filter(({ message }) => message.kind === kind);
      for (const [table, some] of groupBy(own, ({ date }) => tableFor(kind, date, today))) {
        await this.#loadInto(table, kind, some);
      }
    }
  }

  async #loadInto(table: string, kind: DataTable, some: readonly DataRow[]): Promise<void> {
    const { loads, siblings } = this.#parts;
    if (table !== kind) await siblings.need(table);
    try {
      await loads.load({ table, columns: DATA_COLUMNS[kind], rows: some.map(fieldsOf), key: keyOfAll(some) });
    } catch (error) {
      siblings.forget(table);
      throw error;
    }
  }
}

/** Rows of one kind, ready to be sent. */
interface Share {
  readonly kind: DataTable;
  readonly placed: readonly Placed[];
  readonly rows: readonly Uint8Array[];
}

/** What fills the columns of a data message. */
export function fieldsOf({ identity, eventId, date, receivedAt, message }: DataRow): object {
  return { ...message, tenant: identity.tenant, store: identity.store, eventId, date, receivedAt };
}

/** A clock may say any time; partitions have the dates of our calendar. */
function unwritableDates(rows: readonly DataRow[]): readonly RefusedRow[] {
  const reason = `ts is before ${FIRST_DATE}`;
  return rows.flatMap(({ date }, index) => (isDate(date) ? [] : [{ index, reason }]));
}

/** What is in a batch twice is appended once. */
function firstOfEach(rows: readonly DataRow[]): readonly Placed[] {
  const first = new Map<string, Placed>();
  rows.forEach((row, index) => {
    const key = keyOf(row);
    if (!first.has(key)) first.set(key, { row, index });
  });
  return [...first.values()];
}

/** The rows refused, with those that are in the batch for a second time: the caller stores what is left. */
function withTwins(data: readonly DataRow[], refused: readonly RefusedRow[]): readonly RefusedRow[] {
  if (refused.length === 0) return [];
  const indexes = new Map(refused.map(({ index, reason }) => [index, reason]));
  const reasons = new Map(
    data.flatMap((row, index) => {
      const reason = indexes.get(index);
      return reason === undefined ? [] : [[keyOf(row), reason] as const];
    }),
  );
  return data.flatMap((row, index) => {
    const reason = reasons.get(keyOf(row));
    return reason === undefined ? [] : [{ index, reason }];
  });
}

const keyOf = ({ identity, eventId }: DataRow) => `${identity.tenant}/${identity.store}/${eventId}`;

const keyOfAll = (rows: readonly DataRow[]) => rows.map(keyOf).sort().join("\n");
