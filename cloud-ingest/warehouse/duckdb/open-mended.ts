import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import type { Troubles } from "../../troubles.ts";
import { clearPlaces, sayMoved } from "./clear-places.ts";
import { exists, makeFolder } from "./cold-files.ts";
import { Instance, type InstanceOptions, inTransaction } from "./instance.ts";
import { dropLog, isLogSound, type LogDamage, mendLog } from "./mend-log.ts";
import { finishRescue, HOT, isRescueWanted, type Rescue, rescue, wantRescue } from "./rescue.ts";
import { DAMAGED, keptOf } from "./set-aside.ts";
import { markAllStale } from "./stale-quarters.ts";
import { isDamage, isLocked, isLogUnusable, isUnreadable } from "./store-error.ts";

export interface MendingOptions extends InstanceOptions {
  readonly troubles: Pick<Troubles, "raise">;
}

/** Before the first opening: finishes or makes a rescue that is wanted, and says which damaged databases of before lie here. */
export async function mendDatabase(dir: string, options: MendingOptions): Promise<void> {
  await makeFolder(dir);
  const moved = await clearPlaces(dir);
  await finishRescue(dir);
  // A log is no use without its database.
  if (moved.some(({ name }) => name === HOT)) sayLog(options, await dropLog(dir));
  await sayWhatIsKept(dir, options);
  sayMoved(options.troubles, moved);
  if (!(await isRescueWanted(dir))) return;
  await refuseWhenLocked(dir);
  const found = await rescue(dir, options);
  if (found.kept) options.troubles.raise("warehouse-damaged", rescueText(found), subjectOf(found.kept));
}

/**
 * Opens the hot database, after cutting off the damaged or unfinished end of its log. One that cannot be opened because of what is
 * in it is noted as wanting a rescue. Throws what DuckDB throws.
 */
export async function openMended(dir: string, options: MendingOptions): Promise<Instance> {
  const isNew = !(await exists(join(dir, HOT)));
  if (isNew) sayLog(options, await dropLog(dir));
  else await mendLogOf(dir, options);
  try {
    const instance = await openWithoutBadLog(dir, options);
    // Archived dates of a database that was lost have no hours and days yet.
    if (isNew) await inTransaction(instance.session("writer"), (session) => markAllStale(session, dir));
    return instance;
  } catch (error) {
    if (isDamage(error) || isUnreadable(error)) await wantRescue(dir);
    throw error;
  }
}

async function openWithoutBadLog(dir: string, options: MendingOptions): Promise<Instance> {
  try {
    return await Instance.open(dir, HOT, options);
  } catch (error) {
    if (!isLogUnusable(error)) throw error;
    sayLog(options, await dropLog(dir));
    return Instance.open(dir, HOT, options);
  }
}

/** Nothing is written before it is certain that no other process has the database open. */
async function mendLogOf(dir: string, options: MendingOptions): Promise<void> {
  if (await isLogSound(dir)) return;
  await refuseWhenLocked(dir);
  sayLog(options, await mendLog(dir));
}

async function refuseWhenLocked(dir: string): Promise<void> {
  try {
    (await DuckDBInstance.create(join(dir, HOT), { access_mode: "READ_ONLY" })).closeSync();
  } catch (error) {
    if (isLocked(error)) throw error;
  }
}

function sayLog({ troubles }: MendingOptions, damage: LogDamage | undefined): void {
  if (damage === undefined) return;
  const { kept, goodBytes, lostBytes } = damage;
  troubles.raise(
    "warehouse-log-cut",
    `${lostBytes} bytes of the database's log behind the first ${goodBytes} were damaged or unfinished, as after a power cut; ` +
      `they are kept in ${kept.map(subjectOf).join(", ")}. The inbox serves again what it still holds of them.`,
  );
}

function rescueText({ kept = "", tables, isOlder }: Rescue): string {
  const holes = tables.filter(({ isWhole }) => !isWhole);
  const lost = holes.map(({ table, rows, lost }) => `${table} (${lost ?? "all"} rows lost, ${rows} kept)`).join(", ");
  const read = holes.length === 0 ? "all rows of the database were kept" : `of the database were lost: ${lost}`;
  const what = tables.length === 0 ? "nothing of the database could be read" : read;
  return (
    `${what}${isOlder ? "; what came after its last checkpoint is not in it" : ""}. The damaged file is kept as ${subjectOf(kept)}; ` +
    "archived days are untouched, and the inbox serves again what it still holds. Look at what is missing, then remove that file: " +
    "this is over at the next start."
  );
}

/** A rescue stays a fault over a new start, until somebody has looked and removed the file. */
async function sayWhatIsKept(dir: string, { troubles }: MendingOptions): Promise<void> {
  for (const number of await keptOf(dir, HOT)) {
    const subject = subjectOf(`${DAMAGED}/${HOT}.${number}`);
    const text = `a damaged database of before is kept as ${subject}; remove it when it is no longer needed`;
    troubles.raise("warehouse-damaged", text, subject);
  }
}

const subjectOf = (kept: string) => `warehouse/${kept}`;
