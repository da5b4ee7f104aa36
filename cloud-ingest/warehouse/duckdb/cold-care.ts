import { rename, stat } from "node:fs/promises";
import type { Clock } from "../../../firmware-config/kit/clock.ts";
import type { ErrorCode } from "../../../firmware-config/kit/error-codes.ts";
import { AppError, systemCodeOf } from "../../../firmware-config/kit/errors.ts";
import { pause } from "../../../firmware-config/kit/pause.ts";
import type { Troubles } from "../../troubles.ts";
import { findingOf } from "./cold-check.ts";
import { type ColdFile, nameOf, pathOf } from "./cold-files.ts";
import {
  coldFiles,
  coldRows,
  damagedFiles,
  fileParameters,
  filesToCheck,
  hiddenDates,
  type ListedFile,
  noteCheck,
  unlistFile,
} from "./cold-list.ts";
import type { Database } from "./database.ts";
import { indexAnew, indexArchive } from "./seq-rebuild.ts";
import type { Session } from "./session.ts";

/** A file that its operator gives up is renamed to this. */
export const GIVEN_UP = ".lost";

/** Every file is looked at about once a day: one part of them every five minutes. */
const SCRUB_PARTS = 288;
export const SCRUB_EVERY_MS = 5 * 60 * 1000;

/** What a reader says of a damaged file. */
const MAY_BE_A_FILE: ReadonlySet<ErrorCode> = new Set(["STORE_CORRUPT", "DISK_FAILED", "INTERNAL"]);

export interface ColdCareOptions {
  readonly database: Database;
  readonly troubles: Pick<Troubles, "raise" | "clear">;
  readonly clock: Clock;
  readonly scrubEveryMs: number;
}

/**
 * Knows which files of the archive are damaged. Such a file is left out of all reading and writing, and said as a trouble, until it is
 * there again as it was written; its date's late rows wait in the hot database meanwhile.
 */
export class ColdCare {
  readonly #options: ColdCareOptions;
  #setAside: readonly string[] = [];

  constructor(options: ColdCareOptions) {
    this.#options = options;
  }

  /** Looks again at what was damaged or is missing, and brings the index up to date with the archive. */
  async recheck(missing: readonly ListedFile[] = []): Promise<void> {
    const { database } = this.#options;
    const known = await database.read(damagedFiles);
    for (const file of known) this.#raise(file);
    const suspects = new Map([...known, ...missing].map((file) => [nameOf(file), file]));
    await this.#dropGivenUp([...suspects.values()]);
    await this.areGood([...suspects.values()]);
    await this.index();
  }

  /** Makes archived messages recognised that are not yet. */
  index(): Promise<void> {
    return indexArchive(this.#options.database, (files) => this.areGood(files));
  }

  /** Business dates without those that a damaged file may hold counts of: their roll-ups stay as they are until it is back. */
  async readable(dates: readonly string[]): Promise<readonly string[]> {
    const hidden = await this.#options.database.read(hiddenDates);
    return dates.filter((date) => !hidden.has(date));
  }

  /** Compares files with what was written and notes what is found; true when nothing is wrong with any of them. */
  async areGood(files: readonly ListedFile[]): Promise<boolean> {
    return (await this.#check(files)).every((file) => file.damage === "");
  }

  /** Runs `work`; when it fails over a file of these UTC dates which turns out to be damaged, once more without that file. */
  async reading<T>(dates: readonly string[], work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof AppError && MAY_BE_A_FILE.has(error.code))) throw error;
      const files = await this.#options.database.read((session) => coldFiles(session, "counts", dates));
      if (await this.areGood(files)) throw error;
      return work();
    }
  }

  /** Compares a share of all files with what was written, those first that were not looked at for longest. */
  async scrub(): Promise<void> {
    const { database, clock } = this.#options;
    const due = await database.read((session) => filesToCheck(session, clock.nowMs(), SCRUB_PARTS));
    const damaged = await database.read(damagedFiles);
    const names = new Set(damaged.map(nameOf));
    await this.areGood([...damaged, ...due.filter((file) => !names.has(nameOf(file)))]);
    await this.index();
  }

  /** Scrubs from time to time until `signal` aborts. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await pause(this.#options.scrubEveryMs, signal);
      if (signal.aborted) return;
      await this.scrub().catch(() => {
        // The database is in trouble, which whoever works with it says; nothing was decided, and the next round comes.
      });
    }
  }

  /** Says which unlisted files lie set aside. */
  saySetAside(files: readonly ColdFile[]): void {
    const names = files.map(nameOf);
    for (const name of this.#setAside) if (!names.includes(name)) this.#options.troubles.clear("archive-damaged", name);
    this.#setAside = names;
    for (const name of names) {
      const text = `${name} could not be read and was not listed, so it was set aside. Look into it, then remove it.`;
      this.#options.troubles.raise("archive-damaged", text, name);
    }
  }

  async #check(files: readonly ListedFile[]): Promise<readonly ListedFile[]> {
    const { database, troubles, clock } = this.#options;
    const checked: ListedFile[] = [];
    for (const file of files) {
      const found = await findingOf(database.dir, file);
      checked.push({ ...file, ...("damage" in found ? found : { print: found.print, damage: "" }) });
    }
    if (checked.length === 0) return [];
    const listed = await database.write(async (session) => {
      const still: ListedFile[] = [];
      for (const file of checked) if (await noteCheck(session, file, clock.nowMs())) still.push(file);
      const before = new Map(files.map((file) => [nameOf(file), file.damage]));
      const healed = still.filter((file) => file.damage === "" && before.get(nameOf(file)) !== "");
      for (const file of healed) await rollUpAgain(session, database.dir, file);
      return still;
    });
    for (const file of listed) {
      if (file.damage === "") troubles.clear("archive-damaged", nameOf(file));
      else this.#raise(file);
    }
    return listed;
  }

  #raise(file: ListedFile): void {
    const text = `${nameOf(file)} ${file.damage}. Put it back from a backup under the same name; late rows of its date wait until then. If there is no other copy, add "${GIVEN_UP}" to its name.`;
    this.#options.troubles.raise("archive-damaged", text, nameOf(file));
  }

  /** Takes files off the list that their operator has given up; what their rows were may then come again. */
  async #dropGivenUp(files: readonly ListedFile[]): Promise<void> {
    const { database, troubles } = this.#options;
    const lost: ListedFile[] = [];
    for (const file of files) if (await isGivenUp(pathOf(database.dir, file))) lost.push(file);
    if (lost.length === 0) return;
    await database.write(async (session) => {
      for (const file of lost) await unlistFile(session, file);
      await indexAnew(session);
    });
    for (const file of lost) {
      await rename(pathOf(database.dir, file) + GIVEN_UP, `${pathOf(database.dir, file)}${GIVEN_UP}.done`);
      troubles.clear("archive-damaged", nameOf(file));
    }
  }
}

async function isGivenUp(path: string): Promise<boolean> {
  return (await exists(path + GIVEN_UP)) && !(await exists(path));
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (systemCodeOf(error) === "ENOENT") return false;
    throw error;
  }
}

/** Roll-ups that were made, or held back, without the file are due again. */
async function rollUpAgain(session: Session, dir: string, file: ListedFile): Promise<void> {
  if (file.table !== "counts") return;
  await session.run(
    `INSERT INTO stale_quarter SELECT tenant, store, time_bucket(INTERVAL 15 MINUTE, window_start) AS quarter
     FROM (${coldRows(1)}) EXCEPT SELECT tenant, store, quarter FROM stale_quarter`,
    fileParameters(dir, [file]),
  );
}
