import { listValue } from "@duckdb/node-api";
import { type ColdFile, pathOf } from "./cold-files.ts";
import { textOf } from "./row.ts";
import type { Session } from "./session.ts";
import type { PartitionedTable } from "./tables.ts";

/** The Parquet files that count for these UTC dates, as the transaction sees them. */
export async function coldFiles(
  session: Session,
  table: PartitionedTable,
  dates: readonly string[],
): Promise<readonly ColdFile[]> {
  const rows = await session.rows(
    "SELECT date, file FROM cold_file WHERE table_name = $1 AND date IN (SELECT unnest($2)::DATE)",
    [table, listValue([...dates])],
  );
  return rows.map((row) => ({ table, date: textOf(row, "date"), file: textOf(row, "file") }));
}

/** Whether a file counts. */
export async function isListed(session: Session, { table, date, file }: ColdFile): Promise<boolean> {
  const rows = await session.rows("SELECT 1 FROM cold_file WHERE table_name = $1 AND date = $2::DATE AND file = $3", [
    table,
    date,
    file,
  ]);
  return rows.length > 0;
}

/** From now on `file` alone holds the date's archived rows. */
export async function listFile(session: Session, { table, date, file }: ColdFile): Promise<void> {
  await session.run("DELETE FROM cold_file WHERE table_name = $1 AND date = $2::DATE", [table, date]);
  await session.run("INSERT INTO cold_file VALUES ($1, $2::DATE, $3)", [table, date, file]);
}

/** SQL for the rows of Parquet files; the list is bound as parameter `$number`. Older files may lack newer columns. */
export const coldRows = (number: number) =>
  `SELECT * FROM read_parquet($${number}, union_by_name = true, hive_partitioning = false)`;

/** SQL for hot and archived rows together; `$number` is bound to the files when there are any. */
export const allRows = (table: PartitionedTable, files: readonly ColdFile[], number: number) =>
  files.length === 0 ? `SELECT * FROM ${table}` : `SELECT * FROM ${table} UNION ALL BY NAME ${coldRows(number)}`;

/** The parameter that `allRows` asks for: none when there are no files. */
export const fileParameters = (dir: string, files: readonly ColdFile[]) =>
  files.length === 0 ? [] : [listValue(files.map((file) => pathOf(dir, file)))];
