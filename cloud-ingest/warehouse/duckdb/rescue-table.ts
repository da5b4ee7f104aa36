import { numberOf, textOf } from "../row.ts";
import type { Session } from "./session.ts";
import { isDamage } from "./store-error.ts";
import { columnList, TABLES } from "./tables.ts";

/** DuckDB's vector: of a damaged block no smaller part can be read around. */
const SMALLEST_PIECE = 2048;

/** What was copied of a table. */
export interface RescuedTable {
  readonly table: string;
  readonly rows: number;
  /** Rows that could not be read; undefined when not even their number could. */
  readonly lost: number | undefined;
  readonly isWhole: boolean;
}

/** Copies what can be read of `damaged.{table}` into the table of the same name; a damaged block costs the rows around it. */
export async function rescueTable(session: Session, table: string): Promise<RescuedTable> {
  const columns = await commonColumns(session, table);
  if (columns === "") return { table, rows: 0, lost: 0, isWhole: true };
  const size = await sizeOf(session, table);
  if (size === undefined) return { table, rows: 0, lost: undefined, isWhole: false };
  const rows = await copyRange(session, { table, columns, from: 0, to: size.end });
  return { table, rows, lost: size.rows - rows, isWhole: size.rows === rows };
}

interface Range {
  readonly table: string;
  readonly columns: string;
  /** Row numbers, `to` not included. */
  readonly from: number;
  readonly to: number;
}

async function copyRange(session: Session, range: Range): Promise<number> {
  const { table, columns, from, to } = range;
  try {
    return await session.run(
      `INSERT INTO ${table} (${columns}) SELECT ${columns} FROM damaged.${table} WHERE rowid >= $1 AND rowid < $2`,
      [BigInt(from), BigInt(to)],
    );
  } catch (error) {
    if (!isDamage(error)) throw error;
  }
  if (to - from <= SMALLEST_PIECE) return 0;
  const middle = from + Math.ceil((to - from) / 2 / SMALLEST_PIECE) * SMALLEST_PIECE;
  return (await copyRange(session, { ...range, to: middle })) + (await copyRange(session, { ...range, from: middle }));
}

/** How many rows, and the number behind the last one; undefined when it cannot be read. */
async function sizeOf(session: Session, table: string): Promise<{ rows: number; end: number } | undefined> {
  try {
    const [row] = await session.rows(`SELECT count(*) AS n, max(rowid) + 1 AS past FROM damaged.${table}`);
    return row && { rows: numberOf(row, "n"), end: numberOf(row, "past") };
  } catch (error) {
    if (isDamage(error)) return undefined;
    throw error;
  }
}

/** Columns that both have; empty when the damaged database, an older one, has no such table. */
async function commonColumns(session: Session, table: string): Promise<string> {
  const rows = await session.rows(
    "SELECT column_name FROM duckdb_columns() WHERE database_name = 'damaged' AND table_name = $1",
    [table],
  );
  const old = new Set(rows.map((row) => textOf(row, "column_name")));
  return columnList((TABLES[table] ?? []).filter(({ name }) => old.has(name)));
}
