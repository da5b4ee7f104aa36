import { DATA_TABLES } from "../columns.ts";
import type { ColdFile } from "./cold-files.ts";
import { coldRows, fileParameters, type ListedFile, noteIndexed, unindexedFiles } from "./cold-list.ts";
import type { Database } from "./database.ts";
import { addNumbersOf, tidy } from "./seq-index.ts";
import type { Session } from "./session.ts";

/** Files whose numbers are read together: few transactions, and a table of numbers that fits in memory. */
const FILES_AT_ONCE = 64;

/** Looks at files that could not be read; true when nothing is wrong with them. */
export type CheckFiles = (files: readonly ListedFile[]) => Promise<boolean>;

/**
 * Makes the index anew from the hot rows and leaves the archive to `indexArchive`, which a start and the next batch call: for a
 * database whose rows are fewer than its index says, as after a rescue.
 */
export async function indexAnew(session: Session): Promise<void> {
  await session.run("DELETE FROM seq_range");
  await session.run("UPDATE cold_file SET indexed = false");
  await indexHotRows(session);
}

/** The index of a database that is older than it: made from the rows when there is none. */
export async function indexOldDatabase(database: Database): Promise<void> {
  await database.write(async (session) => {
    const [known] = await session.rows("SELECT 1 FROM seq_range LIMIT 1");
    if (!known) await indexHotRows(session);
  });
}

/** Adds the numbers of archived files that are not in the index: of an older database, adopted ones, or one that is whole again. */
export async function indexArchive(database: Database, check: CheckFiles): Promise<void> {
  const files = await database.read(unindexedFiles);
  if (files.length === 0) return;
  for (let at = 0; at < files.length; at += FILES_AT_ONCE) {
    await indexFiles(database, files.slice(at, at + FILES_AT_ONCE), check);
  }
  await database.write(tidy);
}

/** A file that cannot be read is one that `check` knows to be damaged from then on; it is added when it is whole again. */
async function indexFiles(database: Database, files: readonly ListedFile[], check: CheckFiles): Promise<void> {
  try {
    await database.write(async (session) => {
      for (const table of DATA_TABLES) {
        await addFiles(
          session,
          database.dir,
          files.filter((file) => file.table === table),
        );
      }
      await noteIndexed(session, files);
    });
  } catch (error) {
    if (await check(files)) throw error;
    const names = new Set(files.map(({ file }) => file));
    const good = (await database.read(unindexedFiles)).filter(({ file }) => names.has(file));
    if (good.length > 0) await indexFiles(database, good, check);
  }
}

async function addFiles(session: Session, dir: string, files: readonly ColdFile[]): Promise<void> {
  if (files.length > 0) await addNumbersOf(session, coldRows(1), fileParameters(dir, files));
}

async function indexHotRows(session: Session): Promise<void> {
  const rows = DATA_TABLES.map((table) => `SELECT tenant, store, device_id, boot_id, seq FROM ${table}`);
  await addNumbersOf(session, rows.join(" UNION ALL "));
}
