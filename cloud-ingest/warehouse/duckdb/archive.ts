import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { numberOf, textOf } from "../row.ts";
import { type Fingerprint, fileNameOf, fingerprintOf, isSameRow } from "./cold-check.ts";
import { type ColdFile, makeFolder, pathOf, publishFile, removeFile } from "./cold-files.ts";
import { coldFiles, coldRows, fileParameters, listFile } from "./cold-list.ts";
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

/**
 * Moves one date to Parquet: one new file with the hot rows and those of the file before it. The file is in place before
 * the transaction that lists it and takes the rows out of the hot database; the old file goes when nobody reads it.
 * Returns the rows moved.
 */
export async function archivePartition(database: Database, partition: Partition): Promise<number> {
  const { dir } = database;
  const outcome = await database.write(async (session) => {
    const old = await coldFiles(session, partition.table, [partition.date]);
    const { file, print } = await writeFile(session, dir, { partition, old });
    const moved = await takeOut(session, partition);
    await listFile(session, { ...file, print, indexed: old.every(({ indexed }) => indexed) });
    // The same rows again make the same file.
    return { moved, replaced: old.filter((one) => one.file !== file.file) };
  });
  await database.whileNobodyReads(async () => {
    for (const file of outcome.replaced) await removeFile(pathOf(dir, file));
  });
  return outcome.moved;
}

/** The file is named after its bytes, so that it can be checked when the list of files is lost. */
async function writeFile(
  session: Session,
  dir: string,
  { partition, old }: { readonly partition: Partition; readonly old: readonly ColdFile[] },
): Promise<{ readonly file: ColdFile; readonly print: Fingerprint }> {
  const staging = join(dir, "staging");
  await makeFolder(staging);
  const temporary = join(staging, `${randomUUID()}.parquet`);
  try {
    await session.run(copySql(partition, old, temporary), fileParameters(dir, old));
    const print = await fingerprintOf(temporary);
    const file = { ...partition, file: fileNameOf(print) };
    await publishFile(temporary, pathOf(dir, file));
    return { file, print };
  } finally {
    await removeFile(temporary);
  }
}

/** COPY takes no parameter for its target nor, in this form, for the date; both are ours and quoted. */
function copySql({ table, date }: Partition, old: readonly ColdFile[], target: string): string {
  const hot = `SELECT * FROM ${table} AS hot WHERE date = DATE ${literal(date)}`;
  const rows = old.length === 0 ? hot : `${coldRows(1)} UNION ALL BY NAME ${hot} AND NOT ${isArchived(table)}`;
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
