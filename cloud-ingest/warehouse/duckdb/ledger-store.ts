import { ACCEPTED_COLUMNS } from "../own-columns.ts";
import type { Ledger } from "../port.ts";
import type { AcceptedDifference, LedgerStore } from "../quarantine-port.ts";
import { acceptedOf, ledgerOf } from "../read-rows.ts";
import { numberOf } from "../row.ts";
import type { Database } from "./database.ts";
import { columnList, selectFromJson } from "./tables.ts";

/** The ledger of each stream of the bus, and the differences that an operator has accepted. */
export class DuckDbLedgerStore implements LedgerStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  streamLedger(streams: readonly string[]): Promise<Ledger> {
    return this.#database.read(async (session) => {
      const [row] = await session.rows(
        `SELECT sum(stored) AS stored, sum(duplicate) AS duplicate, sum(quarantined) AS quarantined FROM ledger
         WHERE stream IN (SELECT unnest(from_json($1, '["VARCHAR"]')))`,
        [JSON.stringify(streams)],
      );
      return ledgerOf(row ?? {});
    });
  }

  strayMessages(streams: readonly string[]): Promise<number> {
    return this.#database.read(async (session) => {
      const [row] = await session.rows(
        `WITH known AS (SELECT unnest(from_json($1, '["VARCHAR"]')) AS stream)
         SELECT sum(stored + duplicate + quarantined) AS messages FROM ledger
         WHERE stream NOT IN (SELECT stream FROM known)
           AND split_part(stream, '.', 1) IN (SELECT split_part(stream, '.', 1) FROM known WHERE stream <> '')`,
        [JSON.stringify(streams)],
      );
      return row ? numberOf(row, "messages") : 0;
    });
  }

  acceptDifference(accepted: AcceptedDifference): Promise<void> {
    return this.#database.write(async (session) => {
      await session.run(
        `INSERT INTO ledger_accepted (${columnList(ACCEPTED_COLUMNS)}) ${selectFromJson(ACCEPTED_COLUMNS)}`,
        [JSON.stringify([accepted])],
      );
    });
  }

  acceptedDifferences(): Promise<readonly AcceptedDifference[]> {
    return this.#database.read(async (session) => {
      const rows = await session.rows(
        `SELECT stream, difference, note, strftime(accepted_at, '%Y-%m-%dT%H:%M:%S.%gZ') AS accepted_at
         FROM ledger_accepted ORDER BY ledger_accepted.accepted_at`,
      );
      return rows.map(acceptedOf);
    });
  }
}
