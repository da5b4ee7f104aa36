import { rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { systemCodeOf } from "../../../firmware-config/kit/errors.ts";
import { syncPath } from "../../../firmware-config/kit/sync-path.ts";
import { exists } from "./cold-files.ts";
import { Instance, type InstanceOptions } from "./instance.ts";
import { mendHead } from "./mend-head.ts";
import { dropLog, dropNewerLog } from "./mend-log.ts";
import { type RescuedTable, rescueTable } from "./rescue-table.ts";
import { indexAnew } from "./seq-rebuild.ts";
import type { Session } from "./session.ts";
import { setAside } from "./set-aside.ts";
import { markAllStale } from "./stale-quarters.ts";
import { isDamage, isUnreadable } from "./store-error.ts";
import { TABLES } from "./tables.ts";

export const HOT = "hot.duckdb";
export const UNFINISHED = "rescue.duckdb";
export const RESCUED = "rescued.duckdb";
const WANTED = "rescue-wanted";
/** Rows that no device sends again by itself, or that say how far the inbox was read; of them none may be missing. */
const MUST_BE_WHOLE = ["counts", "events", "health", "quarantine", "device", "ledger"];

/** Rows that are computed from others, or say that they must be. */
const DERIVED = ["traffic_hourly", "traffic_daily", "stale_quarter"];

/** What came of a damaged database. */
export interface Rescue {
  /** The damaged file, inside the warehouse's folder; undefined when there was none any more. */
  readonly kept: string | undefined;
  /** Empty when nothing of it could be read at all. */
  readonly tables: readonly RescuedTable[];
  /** True when it was put back to the state before its last checkpoint, or its log could not be used. */
  readonly isOlder: boolean;
}

/**
 * Copies what can be read of the database into a new one, which takes its place. Rows and the position in the inbox are one state; when
 * rows are missing the position goes back to the beginning, so that the inbox serves all it still has. Nobody may have the file open.
 */
export async function rescue(dir: string, options: InstanceOptions): Promise<Rescue> {
  for (const name of [UNFINISHED, `${UNFINISHED}.wal`]) await rm(join(dir, name), { force: true });
  const target = await Instance.open(dir, UNFINISHED, options);
  let found: Omit<Rescue, "kept">;
  try {
    found = await copyAll(dir, target.session("writer"));
    if (found.tables.length === 0 || found.tables.some(isDerivedHole))
      await markAllStale(target.session("writer"), dir);
    await target.session("writer").run("CHECKPOINT");
  } finally {
    target.retire();
    await target.closed;
  }
  await syncPath(join(dir, UNFINISHED));
  await rename(join(dir, UNFINISHED), join(dir, RESCUED));
  return { ...found, kept: await swapIn(dir) };
}

/** Puts a finished rescue in the place of the damaged file, as `rescue` does, when a crash came in between. */
export async function finishRescue(dir: string): Promise<void> {
  if (await exists(join(dir, RESCUED))) await swapIn(dir);
}

/** Notes, over a crash too, that the database must be rescued before it is opened again. */
export async function wantRescue(dir: string): Promise<void> {
  await writeFile(join(dir, WANTED), "", { flush: true });
}

export async function isRescueWanted(dir: string): Promise<boolean> {
  return exists(join(dir, WANTED));
}

/** Where the damaged file lies now; undefined when a crash came after it had been moved. */
async function swapIn(dir: string): Promise<string | undefined> {
  await dropLog(dir);
  const kept = await setAside(dir, HOT, "move").catch(nothingWhenMissing);
  await rename(join(dir, RESCUED), join(dir, HOT));
  await rm(join(dir, WANTED), { force: true });
  await syncPath(dir);
  return kept;
}

async function copyAll(dir: string, session: Session): Promise<Omit<Rescue, "kept">> {
  const isOlder = await attach(dir, session);
  if (isOlder === undefined) return { tables: [], isOlder: true };
  const tables: RescuedTable[] = [];
  for (const table of Object.keys(TABLES)) tables.push(await rescueTable(session, table));
  await session.run("DETACH damaged");
  if (tables.some((one) => isHole(one, MUST_BE_WHOLE))) await forgetPositions(session);
  // The index must claim neither more rows than there are nor fewer.
  await indexAnew(session);
  return { tables, isOlder };
}

const isHole = ({ table, isWhole }: RescuedTable, among: readonly string[]) => !isWhole && among.includes(table);
const isDerivedHole = (one: RescuedTable) => isHole(one, [...DERIVED, "counts"]);

/** From the beginning: which messages the missing rows were is not known. Sums of what is served again begin anew with it. */
async function forgetPositions(session: Session): Promise<void> {
  await session.run("DELETE FROM ledger WHERE stream <> ''");
}

/** Attaches the damaged file: with its log, with a sound header, without the log. Undefined when nothing helps, or nothing is there. */
async function attach(dir: string, session: Session): Promise<boolean | undefined> {
  const path = join(dir, HOT);
  if (!(await exists(path))) return undefined;
  const isThere = async () => isAttached(session, path);
  if (await isThere()) return false;
  const { isOlder } = await mendHead(path, join(dir, UNFINISHED)).catch(() => ({ isOlder: false }));
  if (isOlder) await dropNewerLog(dir);
  if (await isThere()) return isOlder;
  await dropLog(dir);
  return (await isThere()) ? true : undefined;
}

async function isAttached(session: Session, path: string): Promise<boolean> {
  try {
    await session.run(`ATTACH '${path.replaceAll("'", "''")}' AS damaged (READ_ONLY)`);
    return true;
  } catch (error) {
    if (isDamage(error) || isUnreadable(error)) return false;
    throw error;
  }
}

function nothingWhenMissing(error: unknown): undefined {
  if (systemCodeOf(error) !== "ENOENT") throw error;
}
