import { randomUUID } from "node:crypto";
import { open, readdir, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { onModelsDisk } from "./disk-error.ts";

const TEMPORARY_PREFIX = ".tmp-";
const STALE_AFTER_MS = 3_600_000;

/** Writes a file that is either whole or not there at all, whoever else writes it and whenever we die. Throws `AppError`. */
export function writeWhole(path: string, bytes: Uint8Array): Promise<void> {
  return onModelsDisk(path, () => writeOver(path, bytes));
}

async function writeOver(path: string, bytes: Uint8Array): Promise<void> {
  const temporary = temporaryBeside(path);
  try {
    const file = await open(temporary, "wx");
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** A fresh name in the same folder, which `removeStale` recognises. */
export function temporaryBeside(path: string): string {
  return join(dirname(path), `${TEMPORARY_PREFIX}${basename(path)}-${randomUUID()}`);
}

/** Removes what an interrupted run left in a folder more than an hour ago. */
export async function removeStale(folder: string, nowMs: number = Date.now()): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!name.startsWith(TEMPORARY_PREFIX)) continue;
    const path = join(folder, name);
    const found = await stat(path).catch(() => undefined);
    if (found !== undefined && nowMs - found.mtimeMs > STALE_AFTER_MS) await rm(path, { recursive: true, force: true });
  }
}
