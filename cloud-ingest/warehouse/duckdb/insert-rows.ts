import { listValue } from "@duckdb/node-api";
import { type Column, type ColumnType, DATA_COLUMNS, type DataTable } from "../columns.ts";
import type { DataRow } from "../port.ts";
import type { Session } from "./session.ts";
import { columnList, selectFromJsonTexts } from "./tables.ts";

/** Inserts the rows, all of the table's kind. */
export async function insertRows(session: Session, table: DataTable, rows: readonly DataRow[]): Promise<void> {
  if (rows.length === 0) return;
  const columns = DATA_COLUMNS[table];
  await session.run(`INSERT INTO ${table} (${columnList(columns)}) ${selectFromJsonTexts(columns)}`, [
    listValue(rows.map((row) => JSON.stringify(jsonOf(row, columns)))),
  ]);
}

/** The row as JSON; times in UTC, because DuckDB drops the offset of a time that it reads from JSON. */
function jsonOf({ identity, eventId, date, receivedAt, message }: DataRow, columns: readonly Column[]): object {
  const { tenant, store } = identity;
  const fields = new Map<string, unknown>(Object.entries({ ...message, tenant, store, eventId, date, receivedAt }));
  return Object.fromEntries(columns.map(({ field, type }) => [field, jsonValue(fields.get(field), type)]));
}

function jsonValue(value: unknown, type: ColumnType): unknown {
  return type === "timestamp" && typeof value === "string" ? new Date(value).toISOString() : (value ?? null);
}
