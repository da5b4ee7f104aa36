import { listValue } from "@duckdb/node-api";
import type { BusPosition } from "../../bus/port.ts";
import { DATA_TABLES, QUARANTINE_COLUMNS } from "../columns.ts";
import type { DataRow, IngestBatch, IngestStore, Ledger, QuarantineRow, RefusedRow, StoreOutcome } from "../port.ts";
import type { Rejudged } from "../quarantine-port.ts";
import { ledgerOf } from "../read-rows.ts";
import { refusal, refusedRows } from "../refused-rows.ts";
import { refusedByUs, rowsOf, withoutRefusedRows } from "../replay-marks.ts";
import { numberOf } from "../row.ts";
import type { ColdCare } from "./cold-care.ts";
import { hasUnindexedFiles } from "./cold-list.ts";
import type { Database } from "./database.ts";
import { DeviceRows } from "./device-rows.ts";
import { freshQuarantine } from "./fresh-quarantine.ts";
import { insertRows } from "./insert-rows.ts";
import { noteReplay, notYetStored } from "./quarantine-replay.ts";
import { SeqIndex } from "./seq-index.ts";
import type { Session } from "./session.ts";
import { insertSettled, settled } from "./source-row-store.ts";
import { StaleMarks } from "./stale-quarters.ts";
import { columnList, selectFromJsonTexts } from "./tables.ts";

/** Under this name the ledger keeps the sums of batches without a position. */
const UNORDERED: BusPosition = { stream: "", number: 0 };
/** Two rows of the largest size, or hundreds of the usual one. */
const PIECE_CHARACTERS = 1024 * 1024;
const NOTHING: Ledger = { stored: 0, duplicate: 0, quarantined: 0 };

/** Takes batches from ingest: rows, presence, quarantine, ledger and position commit together or not at all. */
export class DuckDbIngestStore implements IngestStore {
  readonly #database: Database;
  readonly #index = new SeqIndex();
  readonly #devices = new DeviceRows();
  readonly #marks = new StaleMarks();
  readonly #care: ColdCare;
  /** `Database.writes` of the last batch that was committed. */
  #lastWrite = -1;
  /** The last number of streams. */
  readonly #positions = new Map<string, number>();

  constructor(database: Database, care: ColdCare) {
    this.#database = database;
    this.#care = care;
  }

  lastStored(stream: string): Promise<number> {
    return this.#database.read((session) => lastNumberOf(session, stream));
  }

  async store(batch: IngestBatch): Promise<StoreOutcome> {
    const refused = refusedRows(batch.data);
    if (refused.length > 0 && !batch.rows?.length) return { ...NOTHING, refused };
    return this.#indexed((session) => this.#store(session, batch, refused));
  }

  /** Messages out of quarantine, judged again; see `QuarantineStore`. */
  replay(messages: readonly Rejudged[], replayedAt: string): Promise<Ledger> {
    return this.#indexed(async (session) => {
      const left = (await notYetStored(session, messages)).map(refusedByUs);
      const rows = await settled(session, rowsOf(left));
      await insertSettled(session, rows);
      const open = withoutRefusedRows(left, rows.refused);
      const data = open.flatMap((one) => ("data" in one ? [one.data] : []));
      const presence = open.flatMap((one) => ("presence" in one ? [one.presence] : []));
      const stored = new Set([...(await this.#storeData(session, data)), ...rows.fresh]);
      await this.#devices.store(session, { data, presence }, Date.parse(replayedAt));
      return noteReplay(session, { messages: open, stored, replayedAt });
    });
  }

  ledger(): Promise<Ledger> {
    return this.#database.read(async (session) => {
      const [sums] = await session.rows(
        "SELECT sum(stored) AS stored, sum(duplicate) AS duplicate, sum(quarantined) AS quarantined FROM ledger",
      );
      return sums ? ledgerOf(sums) : NOTHING;
    });
  }

  /**
   * Works where every archived message is recognised; until then nothing is stored. What the tables hold is remembered from work to
   * work for as long as nobody else writes and none fails.
   */
  async #indexed<T>(work: (session: Session) => Promise<T>): Promise<T> {
    for (;;) {
      let number = 0;
      const done = await this.#database.write(async (session) => {
        number = this.#database.writes;
        const isUnchanged = number === this.#lastWrite + 1;
        this.#lastWrite = -1;
        if (!isUnchanged) {
          this.#forget();
          if (await hasUnindexedFiles(session)) return undefined;
        }
        return { outcome: await work(session) };
      });
      if (done) {
        this.#lastWrite = number;
        return done.outcome;
      }
      await this.#care.index();
    }
  }

  #forget(): void {
    for (const memory of [this.#index, this.#devices, this.#marks, this.#positions]) memory.clear();
  }

  async #store(session: Session, batch: IngestBatch, refused: readonly RefusedRow[]): Promise<StoreOutcome> {
    const { stream, number } = batch.position ?? UNORDERED;
    if (batch.position && number <= (this.#positions.get(stream) ?? (await lastNumberOf(session, stream))))
      return NOTHING;
    const rows = await settled(session, batch.rows ?? []);
    if (refused.length + rows.refused.length > 0) return refusal(refused, rows.refused);
    await insertSettled(session, rows);
    const { length: inserted } = await this.#storeData(session, batch.data);
    await this.#devices.store(session, batch, batch.clock?.nowMs);
    if (batch.clock) await storeMark(session, batch.clock.markMs);
    // A position does not say it of what another bus brought before.
    const quarantine = await freshQuarantine(session, batch.quarantine);
    await storeQuarantine(session, quarantine);
    const outcome = {
      stored: inserted + batch.presence.length + rows.fresh.length,
      duplicate: batch.data.length - inserted + batch.quarantine.length - quarantine.length + rows.duplicate,
      quarantined: quarantine.length,
    };
    await addToLedger(session, { stream, number }, outcome);
    this.#positions.set(stream, number);
    return outcome;
  }

  /** Returns the rows that were new, themselves. */
  async #storeData(session: Session, data: readonly DataRow[]): Promise<readonly DataRow[]> {
    const fresh = await this.#index.take(session, data);
    for (const table of DATA_TABLES) {
      await insertRows(
        session,
        table,
        fresh.filter((row) => row.message.kind === table),
      );
    }
    await this.#marks.mark(session, fresh);
    return fresh;
  }
}

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

/** Keeps the newest time that our clock is believed to have told. */
export async function storeMark(session: Session, markMs: number): Promise<void> {
  const told = [new Date(markMs).toISOString()];
  const changed = await session.run("UPDATE clock_mark SET told_at = $1", told);
  if (changed === 0) await session.run("INSERT INTO clock_mark (told_at) VALUES ($1)", told);
}

/** In pieces, because DuckDB holds a statement's JSON and what it reads from it in memory several times. */
async function storeQuarantine(session: Session, rows: readonly QuarantineRow[]): Promise<void> {
  for (const texts of pieces(rows.map(jsonOf), PIECE_CHARACTERS)) {
    await session.run(
      `INSERT INTO quarantine (${columnList(QUARANTINE_COLUMNS)}) ${selectFromJsonTexts(QUARANTINE_COLUMNS)}`,
      [listValue([...texts])],
    );
  }
}

function jsonOf(row: QuarantineRow): string {
  const receivedAt = new Date(row.receivedAt).toISOString();
  return JSON.stringify({ payloadBase64: null, ...row, receivedAt, date: receivedAt.slice(0, 10) });
}

/** The texts in their order, in groups of about that length in all. */
function* pieces(texts: readonly string[], characters: number): Generator<readonly string[]> {
  let piece: string[] = [];
  let length = 0;
  for (const text of texts) {
    piece.push(text);
    length += text.length;
    if (length < characters) continue;
    yield piece;
    piece = [];
    length = 0;
  }
  if (piece.length > 0) yield piece;
}
