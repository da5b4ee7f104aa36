import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { numberOf, textOf } from "../row.ts";
import { type Fingerprint, fingerprintOf, isSameRow } from "./cold-check.ts";
import { type ColdFile, fileNameOf, makeFolder, pathOf, publishFile, removeFile } from "./cold-files.ts";
import { coldFiles, coldRows, fileParameters, type ListedFile, listBeside, listFile } from "./cold-list.ts";
import type { Database } from "./database.ts";
import type { Session } from "./session.ts";
import { PARTITIONED_TABLES, type PartitionedTable } from "./tables.ts";

/** Rows that are read together lie together. */
const ORDER = {
  counts: "tenant, store, device_id, ts",
  events: "tenant, store, device_id, ts",
  health: "tenant, store, device_id, ts",
  quarantine: "received_at, message_id",
} as const;

export interface Partition {
  readonly table: PartitionedTable;
  readonly date: string;
}

/** Every date up to and including `upTo` that has rows in the hot database. */
export async function closedPartitions(session: Session, upTo: string): Promise<readonly Partition[]> {
  const partitions: Partition[] = [];
  for (const table of PARTITIONED_TABLES) {
    const rows = await session.rows(`SELECT DISTINCT date FROM ${table} WHERE date <= $1::DATE ORDER BY date`, [upTo]);
    partitions.push(...rows.map((row) => ({ table, date: textOf(row, "date") })));
  }
  return partitions;
}

/** Files of a date; the next late rows make them one again. */
const MOST_FILES = 8;
/** Rows of a date; to write fewer once more takes no longer than to look into them. */
const LARGE_ROWS = 100_000;

/** What a date's files may become before they are written anew as one. */
export interface ArchiveLimits {
  readonly mostFiles: number;
  readonly largeRows: number;
}

/**
 * Moves one date to Parquet: the hot rows go, with those of the files before, into one new file, or beside large ones into one of
 * their own. The file is in place before the transaction that lists it and takes the rows out of the hot database; the old files go
 * when nobody reads them. Returns the rows moved.
 */
export async function archivePartition(
  database: Database,
  partition: Partition,
  limits: ArchiveLimits = { mostFiles: MOST_FILES, largeRows: LARGE_ROWS },
): Promise<number> {
  const { dir } = database;
  const outcome = await database.write(async (session) => {
    const old = await coldFiles(session, partition.table, [partition.date]);
    const hasArchived = await isAnyArchived(session, dir, { partition, old });
    const isLate = !hasArchived && (await isLarge(session, dir, { old, limits }));
    const { file, print } = await writeFile(session, dir, { partition, old: isLate ? [] : old, hasArchived, isLate });
    const moved = await takeOut(session, partition);
    const listed = { ...file, print, indexed: old.every(({ indexed }) => indexed) };
    await (isLate ? listBeside(session, listed) : listFile(session, listed));
    // The same rows again make the same file.
    return { moved, replaced: isLate ? [] : old.filter((one) => one.file !== file.file) };
  });
  if (outcome.replaced.length > 0) {
    await database.whileNobodyReads(async () => {
      for (const file of outcome.replaced) await removeFile(pathOf(dir, file));
    });
  }
  return outcome.moved;
}

/** True when the files are not to be written again for some rows more. */
async function isLarge(
  session: Session,
  dir: string,
  { old, limits }: { readonly old: readonly ListedFile[]; readonly limits: ArchiveLimits },
): Promise<boolean> {
  if (old.length === 0 || old.length >= limits.mostFiles) return false;
  const sql = "SELECT sum(num_rows)::BIGINT AS n FROM parquet_file_metadata($1)";
  const [row] = await session.rows(sql, fileParameters(dir, old));
  return row !== undefined && numberOf(row, "n") >= limits.largeRows;
}

/** True when a hot row came again while its file could not be read, and so was not known: it must not count twice. */
async function isAnyArchived(session: Session, dir: string, { partition, old }: ToWrite): Promise<boolean> {
  if (old.length === 0) return false;
  const { table, date } = partition;
  // A join, for which DuckDB looks only into row groups that may hold one of the hot rows; for EXISTS it reads all.
  const sql = `SELECT 1 FROM (SELECT * FROM ${table} WHERE date = $2::DATE) AS hot
    JOIN (${coldRows(1)}) AS cold ON ${isSameRow(table, "cold", "hot")} LIMIT 1`;
  return (await session.rows(sql, [...fileParameters(dir, old), date])).length > 0;
}

interface ToWrite {
  readonly partition: Partition;
  readonly old: readonly ListedFile[];
}

/** The file is named after its bytes, so that it can be checked when the list of files is lost. */
async function writeFile(
  session: Session,
  dir: string,
  { partition, old, hasArchived, isLate }: ToWrite & { readonly hasArchived: boolean; readonly isLate: boolean },
): Promise<{ readonly file: ColdFile; readonly print: Fingerprint }> {
  const staging = join(dir, "staging");
  await makeFolder(staging);
  const temporary = join(staging, `${randomUUID()}.parquet`);
  try {
    await session.run(copySql({ partition, old, hasArchived }, temporary), fileParameters(dir, old));
    const print = await fingerprintOf(temporary);
    const file = { ...partition, file: fileNameOf(print.sha256, isLate) };
    await publishFile(temporary, pathOf(dir, file));
    return { file, print };
  } finally {
    await removeFile(temporary);
  }
}

/** COPY takes no parameter for its target nor, in this form, for the date; both are ours and quoted. */
function copySql({ partition, old, hasArchived }: ToWrite & { readonly hasArchived: boolean }, target: string): string {
  const { table, date } = partition;
  const hot = `SELECT * FROM ${table} AS hot WHERE date = DATE ${literal(date)}`;
  const fresh = hasArchived ? `${hot} AND NOT ${isArchived(table)}` : hot;
  const rows = old.length === 0 ? hot : `${coldRows(1)} UNION ALL BY NAME ${fresh}`;
  return `COPY (SELECT * FROM (${rows}) ORDER BY ${ORDER[table]}) TO ${literal(target)} (FORMAT parquet, COMPRESSION zstd)`;
}

/** True for a row that came again while the file could not be read, and so was not known. */
function isArchived(table: PartitionedTable): string {
  return `EXISTS (SELECT 1 FROM (${coldRows(1)}) AS cold WHERE ${isSameRow(table, "cold", "hot")})`;
}

const literal = (text: string) => `'${text.replaceAll("'", "''")}'`;

async function takeOut(session: Session, { table, date }: Partition): Promise<number> {
  const [row] = await session.rows(`SELECT count(*) AS n FROM ${table} WHERE date = $1::DATE`, [date]);
  await session.run(`DELETE FROM ${table} WHERE date = $1::DATE`, [date]);
  return row ? numberOf(row, "n") : 0;
}
