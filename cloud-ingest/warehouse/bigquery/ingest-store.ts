import type { Clock } from "../../../firmware-config/kit/clock.ts";
import { dateOfMs, FIRST_DATE, isDate } from "../../calendar.ts";
import { groupBy } from "../../group-by.ts";
import { DATA_COLUMNS, DATA_TABLES, type DataTable } from "../columns.ts";
import { refusedRows } from "../duckdb/refused-rows.ts";
import { tableFor } from "../partitions/layout.ts";
import { route } from "../partitions/route.ts";
import type { DataRow, IngestBatch, IngestStore, Ledger, RefusedRow, StoreOutcome } from "../port.ts";
import type { Appenders } from "./appenders.ts";
import type { BigQueryClient } from "./big-query-client.ts";
import { type LedgerBook, ledgerOf, NEWEST } from "./ledger-book.ts";
import { loadRows } from "./load-job.ts";
import { presenceRows } from "./presence-rows.ts";
import { quarantineRowOf } from "./quarantine-rows.ts";
import type { Siblings } from "./siblings.ts";
import { staleRows } from "./stale-rows.ts";

const NOTHING: Ledger = { stored: 0, duplicate: 0, quarantined: 0 };

export interface IngestParts {
  readonly client: BigQueryClient;
  readonly appenders: Appenders;
  readonly book: LedgerBook;
  readonly siblings: Siblings;
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
  readonly #parts: IngestParts;
  #line: Promise<unknown> = Promise.resolve();

  constructor(parts: IngestParts) {
    this.#parts = parts;
  }

  lastStored(stream: string): Promise<number> {
    return this.#parts.book.lastStored(stream);
  }

  /** One batch after the other, so that numbers and sums grow in their order. */
  store(batch: IngestBatch): Promise<StoreOutcome> {
    const stored = this.#line.then(() => this.#store(batch));
    this.#line = stored.catch(() => {});
    return stored;
  }

  async #store(batch: IngestBatch): Promise<StoreOutcome> {
    const refused = [...refusedRows(batch.data), ...unwritableDates(batch.data)];
    if (refused.length > 0) return { ...NOTHING, refused };
    const { book } = this.#parts;
    const { position } = batch;
    if (position && position.number <= (await book.lastStored(position.stream))) return NOTHING;
    const late = await this.append(batch);
    if (late.length > 0) return { ...NOTHING, refused: late };
    const fresh = firstOfEach(batch.data);
    const outcome = {
      stored: fresh.length + batch.presence.length,
      duplicate: batch.data.length - fresh.length,
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

  /** Rows first, then what must be rolled up: whoever sees the note sees the rows. Returns the rows that BigQuery refuses. */
  async append({ data, presence, quarantine, clock }: Omit<IngestBatch, "position">): Promise<readonly RefusedRow[]> {
    const { appenders, book } = this.#parts;
    const place = { worker: book.worker, number: book.nextBatch() };
    const fresh = firstOfEach(data);
    const today = dateOfMs(this.#parts.clock.nowMs());
    const isStreamed = (date: string) => route(date, today) === "stream";
    const byKind = groupBy(
      fresh.filter(({ row }) => isStreamed(row.date)),
      ({ row }) => row.message.kind,
    );
    const heard = presenceRows({ data, presence }, place, clock?.nowMs);
    const encoded = [...byKind].map(([kind, placed]) => {
      return { kind, placed, rows: appenders.of(kind).encode(placed.map(({ row }) => fieldsOf(row))) };
    });
    const own = { quarantine: quarantine.map((row) => quarantineRowOf(row, today)), presence: heard };
    for (const [table, rows] of Object.entries(own)) appenders.of(table).encode(rows);
    const [faults] = await Promise.all([
      Promise.all(encoded.map((share) => this.#append(share))),
      this.#load(fresh.flatMap(({ row }) => (isStreamed(row.date) ? [] : [row]))),
      ...Object.entries(own).map(([table, rows]) => appenders.append(table, rows)),
    ]);
    const refused = faults.flat();
    const rows = fresh.map(({ row }) => row);
    if (refused.length === 0) await appenders.append("stale_quarter", staleRows(rows, place));
    return refused;
  }

  async #append({ kind, placed, rows }: Share): Promise<readonly RefusedRow[]> {
    const faults = await this.#parts.appenders.of(kind).append(rows);
    return faults.map(({ index, reason }) => ({ index: placed[index]?.index ?? 0, reason }));
  }

  /** What no stream takes, such as a recording of fifteen years ago, goes in by load jobs. */
  async #load(rows: readonly DataRow[]): Promise<void> {
    const { client, siblings, clock } = this.#parts;
    const today = dateOfMs(clock.nowMs());
    for (const kind of DATA_TABLES) {
      const own = rows.filter(({ message }) => message.kind === kind);
      for (const [table, some] of groupBy(own, ({ date }) => tableFor(kind, date, today))) {
        if (table !== kind) await siblings.need(table);
        await loadRows(client, { table, columns: DATA_COLUMNS[kind], rows: some.map(fieldsOf), key: keyOfAll(some) });
      }
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

const keyOf = ({ identity, eventId }: DataRow) => `${identity.tenant}/${identity.store}/${eventId}`;

const keyOfAll = (rows: readonly DataRow[]) => rows.map(keyOf).sort().join("\n");
