import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { DRAFT_PREFIX } from "./on-disk.ts";

const STALE_AFTER_MS = 3_600_000;

/** Removes what an interrupted run left in a folder more than an hour ago. */
export async function removeStale(folder: string, nowMs: number = Date.now()): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!name.startsWith(DRAFT_PREFIX)) continue;
    const path = join(folder, name);
    const found = await stat(path).catch(() => undefined);
    if (found !== undefined && nowMs - found.mtimeMs > STALE_AFTER_MS) await rm(path, { recursive: true, force: true });
  }
}
