import { AppError } from "../../../firmware-config/kit/errors.ts";
import { type Instance, inTransaction, type Role } from "./instance.ts";
import { Lane } from "./lane.ts";
import type { Session } from "./session.ts";
import { isDamage, isFatal, storeError } from "./store-error.ts";

/** Who reads: `page` is for what a person or a scrape waits for, `export` for what may take long. */
export type ReadLane = Exclude<Role, "writer">;

export interface DatabaseParts {
  /** Opens the file. Never called while an instance of before is open. */
  readonly open: () => Promise<Instance>;
  /** Called when a block of the file turns out to be damaged: the warehouse must be closed, and is rescued when it is opened next. */
  readonly onDamage: () => Promise<void>;
}

/**
 * The hot database. One connection writes and one of each lane reads, each for one caller at a time: DuckDB gives a reader a
 * snapshot, so a dashboard waits neither for ingest nor for a long export, nor ingest for them, and one writer has no conflicts.
 * After an error that leaves DuckDB unusable it is opened anew, once for all lanes and only when all have come out of the dead one.
 */
export class Database {
  readonly dir: string;
  readonly #parts: DatabaseParts;
  readonly #writing = new Lane();
  readonly #reading: Readonly<Record<ReadLane, Lane>> = { page: new Lane(), export: new Lane() };
  #opening: Promise<Instance> | undefined;
  #closed = false;
  #writes = 0;

  constructor(dir: string, parts: DatabaseParts) {
    this.dir = dir;
    this.#parts = parts;
  }

  /** Opens the file and brings its tables up to date. Throws `AppError`. */
  open(): Promise<void> {
    return this.#writing.run(() => this.#attempt(async () => undefined));
  }

  /** How often writing has begun: who remembers what it wrote knows by it whether somebody else has written since. */
  get writes(): number {
    return this.#writes;
  }

  /** Runs `work` in a transaction that is committed, or undone when it throws. Throws `AppError`. */
  write<T>(work: (session: Session) => Promise<T>): Promise<T> {
    return this.#writing.run(() => {
      this.#writes += 1;
      return this.#attempt((instance) => inTransaction(instance.session("writer"), work));
    });
  }

  /** Runs `work` on a snapshot, after what was asked of the same lane before. Throws `AppError`. */
  read<T>(work: (session: Session) => Promise<T>, lane: ReadLane = "page"): Promise<T> {
    return this.#reading[lane].run(() => this.#attempt((instance) => inTransaction(instance.session(lane), work)));
  }

  /** Runs `work` while no read is under way: files may go that an open snapshot still names. */
  whileNobodyReads(work: () => Promise<void>): Promise<void> {
    return this.#reading.page.run(() => this.#reading.export.run(work));
  }

  /** Waits for work under way, writes the log into the database file and lets go of the folder. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#writing.run(() => this.whileNobodyReads(() => this.#letGo()));
  }

  async #attempt<T>(work: (instance: Instance) => Promise<T>): Promise<T> {
    let instance: Instance | undefined;
    try {
      instance = await this.#enter();
      return await work(instance);
    } catch (error) {
      if (isFatal(error)) instance?.retire(error);
      if (isDamage(error)) await this.#parts.onDamage();
      throw this.#errorOf(error, instance);
    } finally {
      instance?.leave();
    }
  }

  /** The living instance, with the caller inside: between the look and the step in nothing else may run. */
  async #enter(): Promise<Instance> {
    for (;;) {
      if (this.#closed) throw new Error("The warehouse is closed");
      this.#opening ??= this.#parts.open();
      const opening = this.#opening;
      const instance = await opening.catch((error) => this.#forget(opening, error));
      if (instance.enter()) return instance;
      if (this.#opening === opening) this.#opening = this.#openAfter(instance);
    }
  }

  async #openAfter(dead: Instance): Promise<Instance> {
    await dead.closed;
    return this.#parts.open();
  }

  /** A failed opening is tried again by the next caller. */
  #forget(opening: Promise<Instance>, error: unknown): never {
    if (this.#opening === opening) this.#opening = undefined;
    throw error;
  }

  /** Who was stopped in a dead instance is told what it died of, not that it was stopped. */
  #errorOf(error: unknown, instance: Instance | undefined): AppError {
    return error instanceof AppError ? error : storeError(instance?.cause ?? error, this.dir);
  }

  async #letGo(): Promise<void> {
    const instance = await this.#opening?.catch(() => undefined);
    instance?.retire();
    await instance?.closed;
  }
}
