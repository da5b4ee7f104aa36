import type { Column, ColumnType, DataTable } from "../columns.ts";
import type { DataRow } from "../port.ts";
import { coldFiles, coldRows, fileParameters } from "./cold-list.ts";
import { textOf } from "./row.ts";
import type { Session } from "./session.ts";
import { columnList, selectFromJson } from "./tables.ts";

interface Insertion {
  readonly dir: string;
  readonly table: DataTable;
  readonly columns: readonly Column[];
  readonly rows: readonly DataRow[];
}

const IDENTITY = "tenant, store, event_id";

/**
 * Inserts the rows whose `eventId` is neither earlier in the batch nor in the table on the same date, hot or archived,
 * and returns them. The bounds on date and seq let DuckDB skip nearly all of the table.
 */
export async function insertNew(session: Session, insertion: Insertion): Promise<readonly DataRow[]> {
  const { dir, table, columns, rows } = insertion;
  const fresh = firstOfEach(rows);
  const files = await coldFiles(session, table, [...new Set(fresh.map((row) => row.date))]);
  const inserted = await session.rows(insertSql(table, columns, files.length > 0), [
    JSON.stringify(fresh.map((row) => jsonOf(row, columns))),
    ...boundsOf(fresh),
    ...fileParameters(dir, files),
  ]);
  const ids = new Set(inserted.map((row) => JSON.stringify([row.tenant, row.store, textOf(row, "event_id")])));
  return fresh.filter((row) => ids.has(idOf(row)));
}

function insertSql(table: DataTable, columns: readonly Column[], hasCold: boolean): string {
  const known = (source: string) => `SELECT tenant, store, event_id, date FROM (${source})
    WHERE date BETWEEN $2::DATE AND $3::DATE AND seq BETWEEN $4 AND $5`;
  const sources = [`SELECT * FROM ${table}`, ...(hasCold ? [coldRows(6)] : [])];
  return `WITH incoming AS MATERIALIZED (${selectFromJson(columns)}),
    known AS (${sources.map(known).join(" UNION ALL ")})
    INSERT INTO ${table} (${columnList(columns)})
    SELECT ${columnList(columns)} FROM incoming
    WHERE NOT EXISTS (SELECT 1 FROM known
      WHERE known.tenant = incoming.tenant AND known.store = incoming.store
        AND known.event_id = incoming.event_id AND known.date = incoming.date)
    RETURNING ${IDENTITY}`;
}

function boundsOf(rows: readonly DataRow[]) {
  const dates = rows.map((row) => row.date).sort();
  const seqs = rows.map((row) => row.message.seq).sort((a, b) => a - b);
  return [dates[0] ?? "", dates.at(-1) ?? "", BigInt(seqs[0] ?? 0), BigInt(seqs.at(-1) ?? 0)];
}

const idOf = ({ identity, eventId }: DataRow) => JSON.stringify([identity.tenant, identity.store, eventId]);

function firstOfEach(rows: readonly DataRow[]): readonly DataRow[] {
  const first = new Map<string, DataRow>();
  for (const row of rows) {
    const key = `${row.date} ${idOf(row)}`;
    if (!first.has(key)) first.set(key, row);
  }
  return [...first.values()];
}

/** The row as JSON; times in UTC, because DuckDB drops the offset of a time that it reads from JSON. */
function jsonOf({ identity, eventId, date, receivedAt, message }: DataRow, columns: readonly Column[]): object {
  const { tenant, store } = identity;
  const fields = new Map<string, unknown>(Object.entries({ ...message, tenant, store, eventId, date, receivedAt }));
  return Object.fromEntries(columns.map(({ field, type }) => [field, jsonValue(fields.get(field), type)]));
}

function jsonValue(value: unknown, type: ColumnType): unknown {
  return type === "TIMESTAMP" && typeof value === "string" ? new Date(value).toISOString() : (value ?? null);
}
