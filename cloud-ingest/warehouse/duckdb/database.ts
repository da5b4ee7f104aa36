import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { Lane } from "./lane.ts";
import { bringUpToDate } from "./schema.ts";
import { Session } from "./session.ts";
import { isFatal, storeError } from "./store-error.ts";

export interface DatabaseOptions {
  /** Memory that DuckDB may use; it spills to the folder beyond that. */
  readonly memoryLimitMb: number;
  readonly threads: number;
}

/** Who reads: `page` is for what a person or a scrape waits for, `export` for what may take long. */
export type ReadLane = "page" | "export";

interface Handles {
  readonly instance: DuckDBInstance;
  readonly writer: DuckDBConnection;
  readonly readers: Readonly<Record<ReadLane, DuckDBConnection>>;
}

/**
 * The hot database. One connection writes and one of each lane reads, each for one caller at a time: DuckDB gives a reader a
 * snapshot, so a dashboard waits neither for ingest nor for a long export, nor ingest for them, and one writer has no conflicts.
 */
export class Database {
  readonly dir: string;
  readonly #options: DatabaseOptions;
  readonly #writing = new Lane();
  readonly #reading: Readonly<Record<ReadLane, Lane>> = { page: new Lane(), export: new Lane() };
  #handles: Handles | undefined;
  #closed = false;

  constructor(dir: string, options: DatabaseOptions) {
    this.dir = dir;
    this.#options = options;
  }

  /** Opens the file and brings its tables up to date. Throws `AppError`. */
  open(): Promise<void> {
    return this.#writing.run(() => this.#attempt(async () => undefined));
  }

  /** Runs `work` in a transaction that is committed, or undone when it throws. Throws `AppError`. */
  write<T>(work: (session: Session) => Promise<T>): Promise<T> {
    return this.#writing.run(() => this.#attempt((handles) => inTransaction(new Session(handles.writer), work)));
  }

  /** Runs `work` on a snapshot, after what was asked of the same lane before. Throws `AppError`. */
  read<T>(work: (session: Session) => Promise<T>, lane: ReadLane = "page"): Promise<T> {
    return this.#reading[lane].run(() =>
      this.#attempt((handles) => inTransaction(new Session(handles.readers[lane]), work)),
    );
  }

  /** Runs `work` while no read is under way: files may go that an open snapshot still names. */
  whileNobodyReads(work: () => Promise<void>): Promise<void> {
    return this.#reading.page.run(() => this.#reading.export.run(work));
  }

  /** Waits for work under way, writes the log into the database file and lets go of the folder. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#writing.run(() => this.whileNobodyReads(async () => this.#drop()));
  }

  async #attempt<T>(work: (handles: Handles) => Promise<T>): Promise<T> {
    try {
      return await work(await this.#handlesNow());
    } catch (error) {
      if (isFatal(error)) this.#reopenLater();
      throw storeError(error, this.dir);
    }
  }

  async #handlesNow(): Promise<Handles> {
    if (this.#closed) throw new Error("The warehouse is closed");
    this.#handles ??= await openHandles(this.dir, this.#options);
    return this.#handles;
  }

  /** The other lane may still be inside a call on the dead instance, so the handles go once both have come out. */
  #reopenLater(): void {
    const dead = this.#handles;
    if (!dead) return;
    this.#handles = undefined;
    void this.#writing.run(() => this.whileNobodyReads(async () => closeHandles(dead)));
  }

  #drop(): void {
    if (this.#handles) closeHandles(this.#handles);
    this.#handles = undefined;
  }
}

async function openHandles(dir: string, { memoryLimitMb, threads }: DatabaseOptions): Promise<Handles> {
  await mkdir(dir, { recursive: true });

  const instance = await DuckDBInstance.create(join(dir, "hot.duckdb"), {
    memory_limit: `${memoryLimitMb}MB`,
    threads: String(threads),
    temp_directory: join(dir, "tmp"),
    autoinstall_known_extensions: "false",
    autoload_known_extensions: "false",
    preserve_insertion_order: "false",
  });
  const readers = { page: await instance.connect(), export: await instance.connect() };
  const handles = { instance, writer: await instance.connect(), readers };
  await inTransaction(new Session(handles.writer), bringUpToDate);
  return handles;
}

function closeHandles({ instance, writer, readers }: Handles): void {
  writer.closeSync();
  for (const reader of Object.values(readers)) reader.closeSync();
  instance.closeSync();
}

async function inTransaction<T>(session: Session, work: (session: Session) => Promise<T>): Promise<T> {
  await session.run("BEGIN TRANSACTION");
  try {
    const result = await work(session);
    await session.run("COMMIT");
    return result;
  } catch (error) {
    await session.run("ROLLBACK").catch(() => {
      // A failed COMMIT has rolled back already; the first error is the one that tells.
    });
    throw error;
  }
}
