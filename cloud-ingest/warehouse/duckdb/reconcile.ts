import { rm } from "node:fs/promises";
import { join } from "node:path";
import { type ColdFile, filesOnDisk, pathOf, removeFile } from "./cold-files.ts";
import { allRows, coldFiles, coldRows, fileParameters, isListed, listFile } from "./cold-list.ts";
import type { Database } from "./database.ts";
import type { Session } from "./session.ts";
import { PARTITIONED_TABLES, type PartitionedTable } from "./tables.ts";

const IDENTITY: Readonly<Record<PartitionedTable, readonly string[]>> = {
  counts: ["tenant", "store", "event_id"],
  events: ["tenant", "store", "event_id"],
  health: ["tenant", "store", "event_id"],
  quarantine: ["message_id", "received_at", "topic"],
};

/**
 * Deals with Parquet files that are not listed: what a crash left behind, or the archive of a database that was lost or
 * put back from a backup. No row is lost and none is there twice afterwards.
 */
export async function reconcile(database: Database): Promise<void> {
  await rm(join(database.dir, "staging"), { recursive: true, force: true });
  for (const table of PARTITIONED_TABLES) {
    for (const file of await filesOnDisk(database.dir, table)) await settle(database, file);
  }
}

async function settle(database: Database, file: ColdFile): Promise<void> {
  if (await database.read((session) => isListed(session, file))) return;
  const adopted = await database.write(async (session) => {
    if (await isEmptyDate(session, file)) {
      await listFile(session, file);
      return true;
    }
    await takeMissingRows(session, database.dir, file);
    return false;
  });
  if (!adopted) await database.whileNobodyReads(() => removeFile(pathOf(database.dir, file)));
}

async function isEmptyDate(session: Session, { table, date }: ColdFile): Promise<boolean> {
  const hot = await session.rows(`SELECT 1 FROM ${table} WHERE date = $1::DATE LIMIT 1`, [date]);
  return hot.length === 0 && (await coldFiles(session, table, [date])).length === 0;
}

/** The rows of the file that are nowhere else go into the hot database; they are archived again later. */
async function takeMissingRows(session: Session, dir: string, orphan: ColdFile): Promise<void> {
  const { table, date } = orphan;
  const files = await coldFiles(session, table, [date]);
  const same = IDENTITY[table].map((column) => `known.${column} = orphan.${column}`).join(" AND ");
  await session.run(
    `INSERT INTO ${table} BY NAME SELECT * FROM (${coldRows(1)}) AS orphan
     WHERE NOT EXISTS (SELECT 1 FROM (${allRows(table, files, 3)}) AS known WHERE known.date = $2::DATE AND ${same})`,
    [...fileParameters(dir, [orphan]), date, ...fileParameters(dir, files)],
  );
}
