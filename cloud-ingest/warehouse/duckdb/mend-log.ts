import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { systemCodeOf } from "../../../firmware-config/kit/errors.ts";
import { syncPath } from "../../../firmware-config/kit/sync-path.ts";
import { scanLog } from "./log-entries.ts";
import { setAside } from "./set-aside.ts";

export const LOG = "hot.duckdb.wal";
/** What is committed while a checkpoint is under way; it goes on where the log ends, so it means nothing without that end. */
export const LATER_LOGS = [`${LOG}.checkpoint`, `${LOG}.recovery`] as const;

/** A log that is being written in the place of a damaged one. */
export const MENDED = `${LOG}.mended`;

/** What was cut off DuckDB's log. */
export interface LogDamage {
  /** The files as they were, inside the warehouse's folder. */
  readonly kept: readonly string[];
  readonly goodBytes: number;
  readonly lostBytes: number;
}

/** True when DuckDB will take all of the log as it is. */
export async function isLogSound(dir: string): Promise<boolean> {
  for (const name of [LOG, LATER_LOGS[0]]) {
    const { isSound, header } = scanLog(await contentOf(join(dir, name)));
    if (!isSound || header) return false;
  }
  return true;
}

/**
 * Cuts the log behind its last whole transaction, as after a power cut in the middle of a write. DuckDB itself refuses most such
 * files, and drops all behind the damage of others without a word. Returns what was damaged, undefined when nothing was.
 */
export async function mendLog(dir: string): Promise<LogDamage | undefined> {
  const log = await contentOf(join(dir, LOG));
  const { goodBytes, isSound, header } = scanLog(log);
  if (isSound && !header) return mendLaterLog(dir);
  const kept = [await setAside(dir, LOG, goodBytes > 0 ? "copy" : "move")];
  if (goodBytes > 0) {
    const front = header ? Buffer.concat([header, log.subarray(header.length, goodBytes)]) : log.subarray(0, goodBytes);
    await writeFile(join(dir, MENDED), front, { flush: true });
    await rename(join(dir, MENDED), join(dir, LOG));
  }
  kept.push(...(await setLogsAside(dir, LATER_LOGS)));
  await syncPath(dir);
  return { kept, goodBytes, lostBytes: log.length - goodBytes };
}

/** Puts all of the log aside: it is no use for the database beside it. */
export async function dropLog(dir: string): Promise<LogDamage | undefined> {
  const { length } = await contentOf(join(dir, LOG));
  const kept = await setLogsAside(dir, [LOG, ...LATER_LOGS]);
  await syncPath(dir);
  return kept.length === 0 ? undefined : { kept, goodBytes: 0, lostBytes: length };
}

/** Puts the log aside unless it begins before the last checkpoint. */
export async function dropNewerLog(dir: string): Promise<void> {
  if (!scanLog(await contentOf(join(dir, LOG))).endsInCheckpoint) await dropLog(dir);
}

async function mendLaterLog(dir: string): Promise<LogDamage | undefined> {
  const [name] = LATER_LOGS;
  const log = await contentOf(join(dir, name));
  if (scanLog(log).isSound) return undefined;
  return { kept: await setLogsAside(dir, [name]), goodBytes: 0, lostBytes: log.length };
}

async function setLogsAside(dir: string, names: readonly string[]): Promise<readonly string[]> {
  const kept: string[] = [];
  for (const name of names) {
    try {
      kept.push(await setAside(dir, name, "move"));
    } catch (error) {
      if (systemCodeOf(error) !== "ENOENT") throw error;
    }
  }
  return kept;
}

/** Empty when there is no such file, or something that is none stands in its place. */
async function contentOf(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    if (systemCodeOf(error) === "ENOENT") return Buffer.alloc(0);
    throw error;
  }
}
