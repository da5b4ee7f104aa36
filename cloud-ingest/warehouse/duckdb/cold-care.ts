import { rename } from "node:fs/promises";
import type { Clock } from "../../../firmware-config/kit/clock.ts";
import type { ErrorCode } from "../../../firmware-config/kit/error-codes.ts";
import { AppError } from "../../../firmware-config/kit/errors.ts";
import { pause } from "../../../firmware-config/kit/pause.ts";
import { isMachineTrouble } from "../../../firmware-config/kit/storage-error.ts";
import type { Troubles } from "../../troubles.ts";
import type { ReadWish } from "../port.ts";
import { findingOf, looksWritten } from "./cold-check.ts";
import { type ColdFile, isLate, nameOf, type Obstacle, pathOf, SET_ASIDE } from "./cold-files.ts";
import { damagedFiles, filesToCheck, hiddenDates, type ListedFile, noteCheck, unlistFile } from "./cold-list.ts";
import type { Database } from "./database.ts";
import { lookAt } from "./look.ts";
import { readAs } from "./read-as.ts";
import { indexAnew, indexArchive } from "./seq-rebuild.ts";
import type { Session } from "./session.ts";
import { markFileStale } from "./stale-quarters.ts";

/** A file that its operator gives up is renamed to this. */
const GIVEN_UP = ".lost";

/** How a file is found that is not there. */
const MISSING = "is missing";

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

/** Looks up the files that a piece of work will read. */
export type FileList = (session: Session) => Promise<readonly ListedFile[]>;

/**
 * Knows which files of the archive are damaged. Such a file is left out of all reading and writing, and said as a trouble, until it is
 * there again as it was written; its date's late rows wait in the hot database meanwhile.
 */
export class ColdCare {
  readonly #options: ColdCareOptions;
  /** Names of what lies set aside or in the way. */
  #found: ReadonlySet<string> = new Set();
  /** Unlisted files that could not be taken up. */
  readonly #stuck = new Set<string>();

  constructor(options: ColdCareOptions) {
    this.#options = options;
  }

  /** Looks again at what was damaged, and at these files. */
  async recheck(suspects: readonly ListedFile[] = []): Promise<void> {
    const { database } = this.#options;
    const known = await database.read(damagedFiles);
    for (const file of known) this.#raise(file);
    const all = [...new Map([...known, ...suspects].map((file) => [nameOf(file), file])).values()];
    await this.#dropGivenUp(all);
    await this.areGood(all);
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

  /**
   * Runs `work`, which reads the files that `list` gives, without those of another size than was written; when it fails over one that
   * turns out to be damaged, once more without that one. The files are listed in the lane, and for as long, as is wished for.
   */
  async reading<T>(list: FileList, work: () => Promise<T>, wish: ReadWish = {}): Promise<T> {
    const { database } = this.#options;
    const files = () => readAs(database, wish, list);
    await this.areGood(await changed(database.dir, await files()));
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof AppError && MAY_BE_A_FILE.has(error.code))) throw error;
      if (await this.areGood(await files())) throw error;
      return work();
    }
  }

  /** Runs work on one unlisted file; what is the file's own fault is said, and the others go on. */
  async minding(file: ColdFile, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!isOfAFile(error)) throw error;
      const name = nameOf(file);
      this.#stuck.add(name);
      const text = `${name} is not listed and could not be taken up. Look into it, then move it away; it is tried again.`;
      this.#options.troubles.raise("archive-damaged", text, name);
    }
  }

  /** What could not be taken up and lies here no more is no trouble any more. */
  forgetGone(present: readonly ColdFile[]): void {
    const names = new Set(present.map(nameOf));
    for (const name of this.#stuck) if (!names.has(name)) this.#unstick(name);
  }

  /**
   * The rows of `file` count now. Damaged or missing ones that it replaced are said unless all that was in them is in this too;
   * `good`: the others that were listed beside them.
   */
  sayTaken(file: ListedFile, replaced: readonly ListedFile[], good: readonly ListedFile[] = []): void {
    this.#unstick(nameOf(file));
    const whole = [...replaced, ...good].filter((one) => !isLate(one));
    for (const one of replaced) this.#sayReplaced(one, isLate(one) ? isYounger(file, whole) : !isSmaller(file, one));
  }

  #sayReplaced(replaced: ListedFile, isHeld: boolean): void {
    const { troubles } = this.#options;
    troubles.clear("archive-damaged", nameOf(replaced));
    if (replaced.damage !== MISSING || isHeld) return;
    const text = `${nameOf(replaced)} is missing, and an older file of its date took its place. Put it back from a backup under the same name: the rows that are missing are taken out of it.`;
    troubles.raise("archive-damaged", text, nameOf(replaced));
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

  /** Says which files lie set aside, and what stands where a folder must be. */
  sayFound(files: readonly ColdFile[], obstacles: readonly Obstacle[]): void {
    const texts = new Map([...files.map(nameOf).map(asideText), ...obstacles.map(obstacleText)]);
    for (const name of this.#found) if (!texts.has(name)) this.#options.troubles.clear("archive-damaged", name);
    for (const [name, text] of texts) this.#options.troubles.raise("archive-damaged", text, name);
    this.#found = new Set(texts.keys());
  }

  /** True when something stands where the folder of a date must be. */
  isObstructed({ table, date }: Omit<ColdFile, "file">): boolean {
    return this.#found.has(table) || this.#found.has(`${table}/date=${date}`);
  }

  #unstick(name: string): void {
    this.#stuck.delete(name);
    this.#options.troubles.clear("archive-damaged", name);
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
      for (const file of healed) await markFileStale(session, database.dir, file);
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

/** Each writing of a whole date holds what the one before held and more: a smaller file is an older one. */
const isSmaller = (file: ListedFile, other: ListedFile) => sizeOf(file) < sizeOf(other);

/** True for a writing of the whole date after `whole`, beside which rows came late: it holds those too. */
const isYounger = (file: ListedFile, whole: readonly ListedFile[]) =>
  whole.length > 0 && whole.every((one) => isSmaller(one, file));

const sizeOf = ({ print }: ListedFile) => print?.bytes ?? 0;

const asideText = (name: string) =>
  [
    name,
    `${name} was set aside: it could not be read, or a whole file took its place. Look into it, then remove it; what a whole copy of it holds comes back when it is put there without "${SET_ASIDE}".`,
  ] as const;

const obstacleText = ({ name, kind }: Obstacle) =>
  [
    name,
    `warehouse/${name} is ${kind} and must be a folder. Move it away; until then nothing is archived there.`,
  ] as const;

/** Those of which a look shows already that they are not what was written. */
export async function changed(dir: string, files: readonly ListedFile[]): Promise<readonly ListedFile[]> {
  const found: ListedFile[] = [];
  for (const file of files) if (!(await looksWritten(dir, file))) found.push(file);
  return found;
}

/** False when the machine or the hot database is in trouble, of which the file knows nothing. */
function isOfAFile(error: unknown): boolean {
  if (!(error instanceof AppError)) return !isMachineTrouble(error);
  return MAY_BE_A_FILE.has(error.code) && !(error.code === "STORE_CORRUPT" && error.retryable);
}

async function isGivenUp(path: string): Promise<boolean> {
  return (await lookAt(path)).kind === "missing" && (await lookAt(path + GIVEN_UP)).kind !== "missing";
}
