import type { BusPosition } from "../../bus/port.ts";
import { DATA_TABLES, QUARANTINE_COLUMNS } from "../columns.ts";
import type { DataRow, IngestBatch, IngestStore, Ledger, QuarantineRow, StoreOutcome } from "../port.ts";
import type { ColdCare } from "./cold-care.ts";
import { hasUnindexedFiles } from "./cold-list.ts";
import type { Database } from "./database.ts";
import { storeDevices } from "./device-rows.ts";
import { insertRows } from "./insert-rows.ts";
import { refusedRows } from "./refused-rows.ts";
import { numberOf, type Row } from "./row.ts";
import { SeqIndex } from "./seq-index.ts";
import type { Session } from "./session.ts";
import { markStale } from "./stale-quarters.ts";
import { columnList, selectFromJson } from "./tables.ts";

/** Under this name the ledger keeps the sums of batches without a position. */
const UNORDERED: BusPosition = { stream: "", number: 0 };
const NOTHING: Ledger = { stored: 0, duplicate: 0, quarantined: 0 };

/** Takes batches from ingest: rows, presence, quarantine, ledger and position commit together or not at all. */
export class DuckDbIngestStore implements IngestStore {
  readonly #database: Database;
  readonly #index = new SeqIndex();

  readonly #care: ColdCare;

  constructor(database: Database, care: ColdCare) {
    this.#database = database;
    this.#care = care;
  }

  lastStored(stream: string): Promise<number> {
    return this.#database.read((session) => lastNumberOf(session, stream));
  }

  async store(batch: IngestBatch): Promise<StoreOutcome> {
    const refused = refusedRows(batch.data);
    if (refused.length > 0) return { ...NOTHING, refused };
    const outcome = await this.#database.write((session) => this.#store(session, batch));
    if (outcome) return outcome;
    await this.#care.index();
    return this.store(batch);
  }

  ledger(): Promise<Ledger> {
    return this.#database.read(async (session) => {
      const [sums] = await session.rows(
        "SELECT sum(stored) AS stored, sum(duplicate) AS duplicate, sum(quarantined) AS quarantined FROM ledger",
      );
      return sums ? ledgerOf(sums) : NOTHING;
    });
  }

  /** Undefined, with nothing stored, while archived messages would not be recognised. */
  async #store(session: Session, batch: IngestBatch): Promise<Ledger | undefined> {
    const { stream, number } = batch.position ?? UNORDERED;
    if (batch.position && number <= (await lastNumberOf(session, stream))) return NOTHING;
    if (await hasUnindexedFiles(session)) return undefined;
    const inserted = await this.#storeData(session, batch.data);
    await storeDevices(session, batch);
    await storeQuarantine(session, batch.quarantine);
    const outcome = {
      stored: inserted + batch.presence.length,
      duplicate: batch.data.length - inserted,
      quarantined: batch.quarantine.length,
    };
    await addToLedger(session, { stream, number }, outcome);
    return outcome;
  }

  async #storeData(session: Session, data: readonly DataRow[]): Promise<number> {
    const fresh = await this.#index.take(session, data);
    for (const table of DATA_TABLES) {
      await insertRows(
        session,
        table,
        fresh.filter((row) => row.message.kind === table),
      );
    }
    await markStale(session, fresh);
    return fresh.length;
  }
}

const ledgerOf = (row: Row): Ledger => ({
  stored: numberOf(row, "stored"),
  duplicate: numberOf(row, "duplicate"),
  quarantined: numberOf(row, "quarantined"),
});

async function lastNumberOf(session: Session, stream: string): Promise<number> {
  const [row] = await session.rows("SELECT last_number FROM ledger WHERE stream = $1", [stream]);
  return row ? numberOf(row, "last_number") : 0;
}

async function addToLedger(session: Session, { stream, number }: BusPosition, outcome: Ledger): Promise<void> {
  const { stored, duplicate, quarantined } = outcome;
  const parameters = [stream, BigInt(number), BigInt(stored), BigInt(duplicate), BigInt(quarantined)];
  const changed = await session.run(
    `UPDATE ledger SET last_number = $2, stored = stored + $3, duplicate = duplicate + $4,
       quarantined = quarantined + $5 WHERE stream = $1`,
    parameters,
  );
  if (changed === 0)
    await session.run(
      "INSERT INTO ledger (stream, last_number, stored, duplicate, quarantined) VALUES ($1, $2, $3, $4, $5)",
      parameters,
    );
}

async function storeQuarantine(session: Session, rows: readonly QuarantineRow[]): Promise<void> {
  if (rows.length === 0) return;
  const json = rows.map((row) => {
    const receivedAt = new Date(row.receivedAt).toISOString();
    return { ...row, receivedAt, date: receivedAt.slice(0, 10) };
  });
  await session.run(
    `INSERT INTO quarantine (${columnList(QUARANTINE_COLUMNS)}) ${selectFromJson(QUARANTINE_COLUMNS)}`,
    [JSON.stringify(json)],
  );
}
