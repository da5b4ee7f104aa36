import { rm } from "node:fs/promises";
import { join } from "node:path";
import { DATA_TABLES } from "../columns.ts";
import type { ColdCare } from "./cold-care.ts";
import { findingOfUnlisted, IDENTITY } from "./cold-check.ts";
import { type ColdFile, filesOnDisk, nameOf, pathOf, removeFile, SET_ASIDE, setFileAside } from "./cold-files.ts";
import { allRows, coldRows, fileParameters, type ListedFile, listedFiles, listedOn, listFile } from "./cold-list.ts";
import type { Database } from "./database.ts";
import { addNumbersOf } from "./seq-index.ts";
import { indexOldDatabase } from "./seq-rebuild.ts";
import type { Session } from "./session.ts";
import { PARTITIONED_TABLES, type PartitionedTable } from "./tables.ts";

/**
 * Brings list, index and folder together: deals with Parquet files that are not listed (what a crash left behind, or the archive of
 * a database that was lost or put back from a backup) and with listed ones that are missing. No row is lost and none is there twice
 * afterwards. Files that are as they should be cost one look at the folder.
 */
export async function reconcile(database: Database, care: ColdCare): Promise<void> {
  await rm(join(database.dir, "staging"), { recursive: true, force: true });
  await indexOldDatabase(database);
  const present = await presentFiles(database.dir, ".parquet");
  const listed = await database.read(listedFiles);
  const known = new Set(listed.map(nameOf));
  const names = new Set(present.map(nameOf));
  await takeUp(
    database,
    present.filter((file) => !known.has(nameOf(file))),
  );
  care.saySetAside(await presentFiles(database.dir, SET_ASIDE));
  await care.recheck(listed.filter((file) => !names.has(nameOf(file))));
}

async function presentFiles(dir: string, ending: string): Promise<readonly ColdFile[]> {
  const files: ColdFile[] = [];
  for (const table of PARTITIONED_TABLES) files.push(...(await filesOnDisk(dir, table, ending)));
  return files;
}

/** Unlisted files are listed where their date has nothing else, all in one transaction; of the others the missing rows are taken. */
async function takeUp(database: Database, files: readonly ColdFile[]): Promise<void> {
  const good: ListedFile[] = [];
  for (const file of files) {
    const found = await findingOfUnlisted(database.dir, file);
    if ("print" in found) good.push({ ...file, print: found.print, damage: "", indexed: false });
    else await setFileAside(database.dir, file);
  }
  if (good.length === 0) return;
  const others = await database.write((session) => adopt(session, good));
  for (const file of others) await takeOver(database, file);
}

/** Lists the files of dates that have nothing else, and returns the rest. */
async function adopt(session: Session, files: readonly ListedFile[]): Promise<readonly ListedFile[]> {
  const others: ListedFile[] = [];
  for (const file of files) {
    if (await isEmptyDate(session, file)) await listFile(session, file);
    else others.push(file);
  }
  return others;
}

async function isEmptyDate(session: Session, { table, date }: ColdFile): Promise<boolean> {
  const hot = await session.rows(`SELECT 1 FROM ${table} WHERE date = $1::DATE LIMIT 1`, [date]);
  return hot.length === 0 && (await listedOn(session, table, [date])).length === 0;
}

/** The rows of the file that are nowhere else go into the hot database; they are archived again later. Beside a damaged file it waits. */
async function takeOver(database: Database, orphan: ListedFile): Promise<void> {
  const isTaken = await database.write(async (session) => {
    const files = await listedOn(session, orphan.table, [orphan.date]);
    if (files.some(({ damage }) => damage !== "")) return false;
    await takeMissingRows(session, { dir: database.dir, orphan, files });
    return true;
  });
  if (isTaken) await database.whileNobodyReads(() => removeFile(pathOf(database.dir, orphan)));
}

async function takeMissingRows(
  session: Session,
  { dir, orphan, files }: { readonly dir: string; readonly orphan: ColdFile; readonly files: readonly ColdFile[] },
): Promise<void> {
  const { table, date } = orphan;
  const same = IDENTITY[table].map((column) => `known.${column} = orphan.${column}`).join(" AND ");
  await session.run(
    `INSERT INTO ${table} BY NAME SELECT * FROM (${coldRows(1)}) AS orphan
     WHERE NOT EXISTS (SELECT 1 FROM (${allRows(table, files, 3)}) AS known WHERE known.date = $2::DATE AND ${same})`,
    [...fileParameters(dir, [orphan]), date, ...fileParameters(dir, files)],
  );
  if (isData(table)) await addNumbersOf(session, coldRows(1), fileParameters(dir, [orphan]));
}

const isData = (table: PartitionedTable) => DATA_TABLES.some((one) => one === table);
