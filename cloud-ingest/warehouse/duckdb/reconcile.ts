import { rm } from "node:fs/promises";
import { join } from "node:path";
import { AppError } from "../../../firmware-config/kit/errors.ts";
import { DATA_TABLES } from "../columns.ts";
import { type ColdCare, changed } from "./cold-care.ts";
import { findingOfUnlisted, isSameRow } from "./cold-check.ts";
import {
  type ColdFile,
  filesOnDisk,
  isLate,
  nameOf,
  type Obstacle,
  obstaclesOf,
  pathOf,
  publishFile,
  removeFile,
  SET_ASIDE,
  setFileAside,
} from "./cold-files.ts";
import { allRows, coldRows, fileParameters, type ListedFile, listedFiles, listedOn, listFile } from "./cold-list.ts";
import type { Database } from "./database.ts";
import { lookAt } from "./look.ts";
import { addNumbersOf } from "./seq-index.ts";
import { indexOldDatabase } from "./seq-rebuild.ts";
import type { Session } from "./session.ts";
import { markFileStale } from "./stale-quarters.ts";
import { PARTITIONED_TABLES, type PartitionedTable } from "./tables.ts";

/**
 * Brings list, index and folder together: deals with Parquet files that are not listed (what a crash left behind, or the archive of
 * a database that was lost, put back from a backup or cut) and with listed ones that are missing or have another size. No row is lost
 * and none is there twice afterwards, and no file stops more than its own date. Files that are as they should be cost one look.
 */
export async function reconcile(database: Database, care: ColdCare): Promise<void> {
  const { dir } = database;
  await rm(join(dir, "staging"), { recursive: true, force: true });
  await indexOldDatabase(database);
  const present = await presentFiles(dir, ".parquet");
  const listed = await database.read(listedFiles);
  care.forgetGone(present);
  const known = new Set(listed.map(nameOf));
  const unlisted = await wholeOnes(
    database,
    care,
    present.filter((file) => !known.has(nameOf(file))),
  );
  // Beside an unlisted file a listed one is about to be read, so it is compared in full first.
  const dates = new Set(unlisted.map(dateOf));
  const beside = listed.filter((file) => dates.has(dateOf(file)));
  await care.recheck([...beside, ...(await changed(dir, listed))]);
  await takeUp(database, care, await putBack(database, care, unlisted));
  care.sayFound(await presentFiles(dir, SET_ASIDE), await obstacles(dir));
  await care.index();
}

const dateOf = ({ table, date }: ColdFile) => `${table} ${date}`;

async function presentFiles(dir: string, ending: string): Promise<readonly ColdFile[]> {
  const files: ColdFile[] = [];
  for (const table of PARTITIONED_TABLES) files.push(...(await filesOnDisk(dir, table, ending)));
  return files;
}

async function obstacles(dir: string): Promise<readonly Obstacle[]> {
  const found: Obstacle[] = [];
  for (const table of PARTITIONED_TABLES) found.push(...(await obstaclesOf(dir, table)));
  return found;
}

/** The unlisted files that can be read; the others are set aside. */
async function wholeOnes(
  { dir }: Database,
  care: ColdCare,
  files: readonly ColdFile[],
): Promise<readonly ListedFile[]> {
  const good: ListedFile[] = [];
  for (const file of files) {
    await care.minding(file, async () => {
      const found = await findingOfUnlisted(dir, file);
      if ("print" in found) good.push({ ...file, print: found.print, damage: "", indexed: false });
      else await setFileAside(dir, file);
    });
  }
  return good.sort(byWeight);
}

/** Whole dates before what came late of them, large files before small ones: what comes first may become a date's only file. */
const byWeight = (a: ListedFile, b: ListedFile) =>
  Number(isLate(a)) - Number(isLate(b)) || (b.print?.bytes ?? 0) - (a.print?.bytes ?? 0);

/**
 * A file with the bytes of a listed one of its date is that one under another name, whatever the name says of the rows in it: it goes
 * to its place when that is damaged or missing, and is left out when it is not. Returns the others.
 */
async function putBack(
  database: Database,
  care: ColdCare,
  files: readonly ListedFile[],
): Promise<readonly ListedFile[]> {
  const listed = new Map((await database.read(listedFiles)).map((file) => [bytesOf(file), file]));
  const others: ListedFile[] = [];
  for (const file of files) {
    const same = listed.get(bytesOf(file));
    if (!same) others.push(file);
    else await care.minding(file, () => putInPlace(database, care, { file, same }));
  }
  return others;
}

const bytesOf = (file: ListedFile) => `${dateOf(file)} ${file.print?.sha256 ?? file.file}`;

async function putInPlace(
  { dir }: Database,
  care: ColdCare,
  { file, same }: { readonly file: ListedFile; readonly same: ListedFile },
): Promise<void> {
  const place = pathOf(dir, same);
  if (await care.areGood([same])) await removeFile(pathOf(dir, file));
  else {
    if ((await lookAt(place)).kind !== "missing") await setFileAside(dir, same);
    await publishFile(pathOf(dir, file), place);
    await care.areGood([same]);
  }
  care.sayTaken(file, []);
}

/** Unlisted files are listed where their date has nothing else, all in one transaction; the others one by one. */
async function takeUp(database: Database, care: ColdCare, files: readonly ListedFile[]): Promise<void> {
  if (files.length === 0) return;
  const others = await database.write((session) => adopt(session, files));
  for (const file of others) await care.minding(file, () => takeIn(database, care, file));
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

/**
 * A whole file takes the place of its date's files when one of them is damaged or missing; otherwise its rows that are nowhere else go
 * into the hot database.
 */
async function takeIn(database: Database, care: ColdCare, orphan: ListedFile): Promise<void> {
  const { dir } = database;
  const { bad, good } = await database.write(async (session) => {
    const files = await listedOn(session, orphan.table, [orphan.date]);
    const found = {
      bad: files.filter(({ damage }) => damage !== ""),
      good: files.filter(({ damage }) => damage === ""),
    };
    if (found.bad.length > 0 && isLate(orphan)) throw waiting(orphan);
    await (found.bad.length > 0
      ? listInstead(session, dir, { file: orphan, others: found.good })
      : takeMissingRows(session, { dir, orphan, files }));
    await markFileStale(session, dir, orphan);
    return found;
  });
  care.sayTaken(orphan, bad, good);
  const emptied = bad.length > 0 ? good : [orphan];
  await database.whileNobodyReads(async () => {
    for (const file of emptied) await removeFile(pathOf(dir, file));
  });
  for (const file of bad) if ((await lookAt(pathOf(dir, file))).kind !== "missing") await setFileAside(dir, file);
}

/** What came late of a date may stand in its damaged file too, which cannot be asked. */
const waiting = (file: ColdFile) =>
  new AppError(`${nameOf(file)} waits until all files of its date can be read`, {
    code: "STORE_CORRUPT",
    hint: "Put the damaged file of its date back from a backup.",
  });

/**
 * From now on `file` is its date's only one. The date's late rows stay in the hot database, but for those that the file holds already;
 * what only `others` hold, which were listed beside the damaged one, goes there too.
 */
async function listInstead(
  session: Session,
  dir: string,
  { file, others }: { readonly file: ListedFile; readonly others: readonly ListedFile[] },
): Promise<void> {
  await session.run(
    `DELETE FROM ${file.table} AS hot WHERE date = $2::DATE
       AND EXISTS (SELECT 1 FROM (${coldRows(1)}) AS cold WHERE ${isSameRow(file.table, "cold", "hot")})`,
    [...fileParameters(dir, [file]), file.date],
  );
  await listFile(session, file);
  for (const other of others) await takeMissingRows(session, { dir, orphan: other, files: [file] });
}

async function takeMissingRows(
  session: Session,
  { dir, orphan, files }: { readonly dir: string; readonly orphan: ColdFile; readonly files: readonly ColdFile[] },
): Promise<void> {
  const { table, date } = orphan;
  await session.run(
    `INSERT INTO ${table} BY NAME SELECT * FROM (${coldRows(1)}) AS orphan
     WHERE NOT EXISTS (SELECT 1 FROM (${allRows(table, files, 3)}) AS known
       WHERE known.date = $2::DATE AND ${isSameRow(table, "known", "orphan")})`,
    [...fileParameters(dir, [orphan]), date, ...fileParameters(dir, files)],
  );
  if (isData(table)) await addNumbersOf(session, coldRows(1), fileParameters(dir, [orphan]));
}

const isData = (table: PartitionedTable) => DATA_TABLES.some((one) => one === table);
