import { randomUUID } from "node:crypto";
import { listValue } from "@duckdb/node-api";
import { ROW_TABLE_NAMES, type RowTable } from "../../../firmware-config/contract/row.ts";
import type { DateRange } from "../../calendar.ts";
import { groupBy } from "../../group-by.ts";
import { CHANGED_COLUMNS, type DerivedRow } from "../derived-port.ts";
import { changedRows, derivedOf } from "../derived-rows.ts";
import {
  byRowTable,
  ROW_COLUMNS,
  type RowKey,
  type RowOwner,
  type RowStore,
  rowTableName,
  type SourceRow,
  type StoredRow,
} from "../row-port.ts";
import { keyTextOf, ROW_READERS, rowFields, type SettledRows, settledBy, storedRowOf } from "../source-rows.ts";
import type { Database } from "./database.ts";
import { insertByColumns, textual } from "./derived-store.ts";
import type { Session } from "./session.ts";

/** The first that came of the highest version of each key. */
const LATEST =
  "QUALIFY row_number() OVER (PARTITION BY tenant, store, key ORDER BY version DESC, received_at, receipt) = 1";

/** Rows that no device sent, in the hot database. */
export class DuckDbRowStore implements RowStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  sourceRows(table: RowTable, { from, to }: DateRange, owner?: RowOwner): Promise<readonly StoredRow[]> {
    return this.#database.read(async (session) => {
      const name = rowTableName(table);
      const where = owner ? "WHERE tenant = $3 AND store = $4" : "";
      const sql = `SELECT ${columnsOf(table)} FROM (SELECT * FROM ${name} ${where} ${LATEST}) AS ${name}
        WHERE business_date BETWEEN $1::DATE AND $2::DATE ORDER BY ${name}.business_date, ${name}.received_at, key`;
      const rows = await session.rows(sql, [from, to, ...(owner ? [owner.tenant, owner.store] : [])]);
      return rows.map((row) => storedRowOf(row, table));
    });
  }

  rowVersions(table: RowTable, keys: readonly RowKey[]): Promise<readonly StoredRow[]> {
    return this.#database.read((session) => versionsOf(session, table, keys));
  }
}

/** Every version of every row, for another warehouse. */
export async function allRows(session: Session): Promise<Record<RowTable, readonly DerivedRow[]>> {
  const found = byRowTable<readonly DerivedRow[]>(() => []);
  for (const table of ROW_TABLE_NAMES) {
    const rows = await session.rows(`SELECT ${columnsOf(table)} FROM ${rowTableName(table)}`);
    found[table] = rows.map((row) => derivedOf(row, ROW_COLUMNS[table]));
  }
  return found;
}

/** What is to be done with rows, by what the tables hold. */
export function settled(session: Session, rows: readonly SourceRow[]): Promise<SettledRows> {
  return settledBy(rows, (table, keys) => versionsOf(session, table, keys));
}

/** Adds new rows, and tells who judges their dates; in the session's transaction. */
export async function insertSettled(session: Session, { fresh, reopened }: SettledRows): Promise<void> {
  for (const [table, some] of groupBy(fresh, ({ row }) => row.table))
    await insertByColumns(session, rowTableName(table), ROW_COLUMNS[table], some.map(rowFields));
  for (const reader of ROW_READERS)
    await insertByColumns(session, "changed_date", CHANGED_COLUMNS, changedRows(reader, randomUUID(), reopened));
}

async function versionsOf(session: Session, table: RowTable, keys: readonly RowKey[]): Promise<readonly StoredRow[]> {
  const name = rowTableName(table);
  const sql = `SELECT ${columnsOf(table)} FROM ${name}
    WHERE concat(tenant, '/', store, '/', key) IN (SELECT unnest($1)) ORDER BY version, ${name}.received_at, receipt`;
  return (await session.rows(sql, [listValue(keys.map(keyTextOf))])).map((row) => storedRowOf(row, table));
}

const columnsOf = (table: RowTable) => ROW_COLUMNS[table].map(textual).join(", ");
