import { listValue } from "@duckdb/node-api";
import { addDays } from "../../calendar.ts";
import { numberOf, type Row, textOf } from "../row.ts";
import type { Fingerprint } from "./cold-check.ts";
import { type ColdFile, pathOf } from "./cold-files.ts";
import type { Session } from "./session.ts";
import { PARTITIONED_TABLES, type PartitionedTable } from "./tables.ts";

/** A Parquet file that counts, and what is known of it. */
export interface ListedFile extends ColdFile {
  /** Of the bytes as they were written; undefined in a list that an older version wrote. */
  readonly print: Fingerprint | undefined;
  /** What is wrong with it; empty when nothing is known to be. */
  readonly damage: string;
  /** True when the numbers of its messages are in the index. */
  readonly indexed: boolean;
}

const LISTED = "SELECT table_name, date, file, bytes, sha256, damage, indexed FROM cold_file";
const IS_GOOD = "coalesce(damage, '') = ''";

/** The Parquet files that can be read for these UTC dates, as the transaction sees them; damaged ones are left out. */
export async function coldFiles(
  session: Session,
  table: PartitionedTable,
  dates: readonly string[],
): Promise<readonly ListedFile[]> {
  return (await listedOn(session, table, dates)).filter(({ damage }) => damage === "");
}

/** The Parquet files of these UTC dates, damaged or not. */
export async function listedOn(
  session: Session,
  table: PartitionedTable,
  dates: readonly string[],
): Promise<readonly ListedFile[]> {
  if (dates.length === 0) return [];
  const rows = await session.rows(`${LISTED} WHERE table_name = $1 AND date IN (SELECT unnest($2)::DATE)`, [
    table,
    listValue([...dates]),
  ]);
  return rows.flatMap(listedOf);
}

/** Every Parquet file that counts. */
export async function listedFiles(session: Session): Promise<readonly ListedFile[]> {
  return (await session.rows(LISTED)).flatMap(listedOf);
}

/** The files known to be damaged. */
export async function damagedFiles(session: Session): Promise<readonly ListedFile[]> {
  return (await session.rows(`${LISTED} WHERE NOT ${IS_GOOD}`)).flatMap(listedOf);
}

/** Business dates that a damaged file may hold counts of: what can be read of them is not all that there is. */
export async function hiddenDates(session: Session): Promise<ReadonlySet<string>> {
  const damaged = (await damagedFiles(session)).filter(({ table }) => table === "counts");
  return new Set(damaged.flatMap(({ date }) => [addDays(date, -1), date, addDays(date, 1)]));
}

/** The good files whose numbers are not in the index yet. */
export async function unindexedFiles(session: Session): Promise<readonly ListedFile[]> {
  return (await session.rows(`${LISTED} WHERE indexed IS NOT true AND ${IS_GOOD}`)).flatMap(listedOf);
}

/** True while archived messages would not be recognised. */
export async function hasUnindexedFiles(session: Session): Promise<boolean> {
  return (await session.rows(`SELECT 1 FROM cold_file WHERE indexed IS NOT true AND ${IS_GOOD} LIMIT 1`)).length > 0;
}

/** The share of the files that was not looked at for longest: `parts` calls come round, but nothing is looked at twice in 20 hours. */
export async function filesToCheck(session: Session, nowMs: number, parts: number): Promise<readonly ListedFile[]> {
  const rows = await session.rows(
    `${LISTED} WHERE checked_at IS NULL OR abs(epoch_ms(checked_at) - $1::BIGINT) > 20 * 3600 * 1000
     ORDER BY checked_at NULLS FIRST LIMIT (SELECT ceil(count(*) / $2)::BIGINT FROM cold_file)`,
    [BigInt(nowMs), parts],
  );
  return rows.flatMap(listedOf);
}

/** From now on `file` alone holds the date's archived rows. */
export async function listFile(session: Session, file: Omit<ListedFile, "damage">): Promise<void> {
  await session.run("DELETE FROM cold_file WHERE table_name = $1 AND date = $2::DATE", [file.table, file.date]);
  await listBeside(session, file);
}

/** From now on `file` holds some of the date's archived rows, and those listed hold theirs. */
export async function listBeside(
  session: Session,
  { table, date, file, print, indexed }: Omit<ListedFile, "damage">,
): Promise<void> {
  await session.run(
    `INSERT INTO cold_file (table_name, date, file, bytes, sha256, indexed) VALUES ($1, $2::DATE, $3, $4, $5, $6)`,
    [table, date, file, print ? BigInt(print.bytes) : null, print?.sha256 ?? null, indexed],
  );
}

/** The file counts no more. */
export async function unlistFile(session: Session, { table, date, file }: ColdFile): Promise<void> {
  await session.run("DELETE FROM cold_file WHERE table_name = $1 AND date = $2::DATE AND file = $3", [
    table,
    date,
    file,
  ]);
}

/** Notes how a file was found; returns false when it is not listed any more. */
export async function noteCheck(
  session: Session,
  { table, date, file, print, damage }: ListedFile,
  nowMs: number,
): Promise<boolean> {
  const changed = await session.run(
    `UPDATE cold_file SET bytes = $4, sha256 = $5, damage = $6, checked_at = make_timestamp_ms($7::BIGINT)
     WHERE table_name = $1 AND date = $2::DATE AND file = $3`,
    [table, date, file, print ? BigInt(print.bytes) : null, print?.sha256 ?? null, damage, BigInt(nowMs)],
  );
  return changed > 0;
}

/** The numbers of these files' messages are in the index. */
export async function noteIndexed(session: Session, files: readonly ColdFile[]): Promise<void> {
  await session.run("UPDATE cold_file SET indexed = true WHERE file IN (SELECT unnest($1))", [
    listValue(files.map(({ file }) => file)),
  ]);
}

function listedOf(row: Row): readonly ListedFile[] {
  const table = PARTITIONED_TABLES.find((one) => one === row.table_name);
  if (!table) return [];
  const sha256 = textOf(row, "sha256");
  const print = sha256 === "" ? undefined : { bytes: numberOf(row, "bytes"), sha256 };
  const { indexed } = row;
  return [
    {
      ...{ table, date: textOf(row, "date"), file: textOf(row, "file") },
      ...{ print, damage: textOf(row, "damage"), indexed: indexed === true },
    },
  ];
}

/**
 * SQL for the rows of Parquet files; the list is bound as parameter `$number`. Older files may lack newer columns. Rows of another
 * date than the file's folder says, such as of a file that was copied over another, never count.
 */
export const coldRows = (number: number) =>
  `SELECT * EXCLUDE (archive_path)
   FROM read_parquet($${number}, union_by_name = true, hive_partitioning = false, filename = 'archive_path')
   WHERE contains(archive_path, concat('/date=', date, '/'))`;

/** SQL for hot and archived rows together; `$number` is bound to the files when there are any. */
export const allRows = (table: PartitionedTable, files: readonly ColdFile[], number: number) =>
  files.length === 0 ? `SELECT * FROM ${table}` : `SELECT * FROM ${table} UNION ALL BY NAME ${coldRows(number)}`;

/** The parameter that `allRows` asks for: none when there are no files. */
export const fileParameters = (dir: string, files: readonly ColdFile[]) =>
  files.length === 0 ? [] : [listValue(files.map((file) => pathOf(dir, file)))];
