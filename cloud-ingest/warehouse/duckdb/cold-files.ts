import { access, readdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { AppError, systemCodeOf } from "../../../firmware-config/kit/errors.ts";
import { makeFolder as makeAnyFolder } from "../../../firmware-config/kit/make-folder.ts";
import { PRIVATE_FOLDER } from "../../../firmware-config/kit/private-folder.ts";
import { syncPath } from "../../../firmware-config/kit/sync-path.ts";
import { isDate } from "../../calendar.ts";
import { type Kind, lookAt } from "./look.ts";
import type { PartitionedTable } from "./tables.ts";

/** A Parquet file of one UTC date of a table. */
export interface ColdFile {
  readonly table: PartitionedTable;
  readonly date: string;
  /** Name inside `{table}/date={date}/`. */
  readonly file: string;
}

export const pathOf = (dir: string, { table, date, file }: ColdFile) => join(dir, table, `date=${date}`, file);

/** The file's name inside the warehouse's folder, for people. */
export const nameOf = ({ table, date, file }: ColdFile) => `${table}/date=${date}/${file}`;

/** The name of a file of all of a date's rows, or of those that came late, beside it. Older versions, and people, give others. */
const NAME = /^(?<sha256>[0-9a-f]{64})(?<late>\.late)?\.parquet$/;

/** What a file is called whose bytes have this SHA-256. */
export const fileNameOf = (sha256: string, isLate = false) => `${sha256}${isLate ? ".late" : ""}.parquet`;

/** The SHA-256 that the name tells, undefined when it says nothing of the bytes. */
export const namedSha256 = ({ file }: ColdFile): string | undefined => NAME.exec(file)?.groups?.sha256;

/** True for a file that never held all of its date's rows. */
export const isLate = ({ file }: ColdFile) => NAME.exec(file)?.groups?.late !== undefined;

/** Every Parquet file of a table that lies in the folder, listed or not. */
export async function filesOnDisk(
  dir: string,
  table: PartitionedTable,
  ending = ".parquet",
): Promise<readonly ColdFile[]> {
  const names = await readdir(join(dir, table), { recursive: true }).catch(emptyWhenMissing);
  return names.flatMap((name) => {
    const [, date, file] = /^date=(\d{4}-\d{2}-\d{2})[/\\]([^/\\]+)$/.exec(name) ?? [];
    return date && isDate(date) && file?.endsWith(ending) ? [{ table, date, file }] : [];
  });
}

/** Added to the name of a file that does not count and cannot be read. */
export const SET_ASIDE = ".damaged";

/** Takes whatever stands there out of the archive without touching its bytes, nor what was set aside before. */
export async function setFileAside(dir: string, file: ColdFile): Promise<void> {
  const path = pathOf(dir, file);
  let free = path + SET_ASIDE;
  for (let number = 2; (await lookAt(free)).kind !== "missing"; number += 1) free = `${path}.${number}${SET_ASIDE}`;
  await rename(path, free);
}

/** Makes a folder that may be there, and those above it; returns the first that was made. Throws `AppError` when something else stands there. */
export async function makeFolder(path: string): Promise<string | undefined> {
  try {
    return await makeAnyFolder(path, PRIVATE_FOLDER);
  } catch (error) {
    throw (await inTheWay(path, error)) ?? error;
  }
}

async function inTheWay(path: string, cause: unknown): Promise<AppError | undefined> {
  const { kind } = await lookAt(path);
  if (kind === "missing" || kind === "a folder") return undefined;
  const text = `"${basename(path)}" is ${kind} and must be a folder`;
  return new AppError(`${text}: ${path}`, { code: "DISK_UNWRITABLE", hint: `${text}: move it away.`, cause });
}

/** A folder of the archive whose place something else takes. */
export interface Obstacle {
  /** Inside the warehouse's folder. */
  readonly name: string;
  readonly kind: Kind;
}

/** What stands where a table's folder, or the folder of one of its dates, must be. */
export async function obstaclesOf(dir: string, table: PartitionedTable): Promise<readonly Obstacle[]> {
  const entries = await readdir(join(dir, table), { withFileTypes: true }).catch(emptyWhenMissing);
  const dates = entries.filter((entry) => /^date=/.test(entry.name) && !entry.isDirectory());
  const names = [table, ...dates.map((entry) => `${table}/${entry.name}`)];
  const found: Obstacle[] = [];
  for (const name of names) {
    const { kind } = await lookAt(join(dir, name));
    if (kind !== "missing" && kind !== "a folder") found.push({ name, kind });
  }
  return found;
}

/** Moves a finished file into place so that it is there entirely or not at all, even after a power cut. */
export async function publishFile(from: string, to: string): Promise<void> {
  await syncPath(from);
  const made = await makeFolder(dirname(to));
  await rename(from, to);
  await syncPath(dirname(to));
  if (made) await syncPath(dirname(dirname(to)));
}

/** Removes a file that nobody reads any more. */
export async function removeFile(path: string): Promise<void> {
  await rm(path, { force: true });
}

export async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** For `.catch` of a reading of a folder: one that is not there has nothing in it. */
export function emptyWhenMissing(error: unknown): [] {
  const code = systemCodeOf(error);
  if (code === "ENOENT" || code === "ENOTDIR") return [];
  throw error;
}
