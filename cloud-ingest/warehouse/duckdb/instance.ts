import { join } from "node:path";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { bringUpToDate } from "./schema.ts";
import { Session } from "./session.ts";

/** What DuckDB may use, and the lanes that it is opened for. */
export interface InstanceOptions {
  /** Memory that DuckDB may use; it spills to the folder beyond that. */
  readonly memoryLimitMb: number;
  readonly threads: number;
}

/** A connection of its own for each: one writes, `page` answers what a person or a scrape waits for, `export` what may take long. */
export type Role = "writer" | "page" | "export";

/**
 * One opening of a database file. DuckDB does not notice two of them in one process and both would write the same log, so this one
 * is let go of only when it has been retired and everybody has come out of it; `closed` tells the next one when.
 */
export class Instance {
  /** Resolves once DuckDB has let go of the file. */
  readonly closed: Promise<void>;
  readonly #instance: DuckDBInstance;
  readonly #connections: Readonly<Record<Role, DuckDBConnection>>;
  #inside = 0;
  #cause: unknown;
  #isRetired = false;
  #settle: () => void = () => {};

  private constructor(instance: DuckDBInstance, connections: Readonly<Record<Role, DuckDBConnection>>) {
    this.#instance = instance;
    this.#connections = connections;
    this.closed = new Promise((resolve) => {
      this.#settle = resolve;
    });
  }

  /** Opens or makes `file` in `dir`, with today's tables. Throws what DuckDB throws, and then holds nothing open. */
  static async open(dir: string, file: string, { memoryLimitMb, threads }: InstanceOptions): Promise<Instance> {
    const duckdb = await DuckDBInstance.create(join(dir, file), {
      memory_limit: `${memoryLimitMb}MB`,
      threads: String(threads),
      temp_directory: join(dir, "tmp"),
      autoinstall_known_extensions: "false",
      autoload_known_extensions: "false",
      preserve_insertion_order: "false",
    });
    const [writer, page, exports] = [await duckdb.connect(), await duckdb.connect(), await duckdb.connect()];
    const instance = new Instance(duckdb, { writer, page, export: exports });
    try {
      await inTransaction(instance.session("writer"), bringUpToDate);
      return instance;
    } catch (error) {
      instance.retire();
      throw error;
    }
  }

  /** What it was retired for, undefined while it lives. */
  get cause(): unknown {
    return this.#cause;
  }

  session(role: Role): Session {
    return new Session(this.#connections[role]);
  }

  /** Keeps it open until `leave`; false when it is retired, and then it must not be used. */
  enter(): boolean {
    if (this.#isRetired) return false;
    this.#inside += 1;
    return true;
  }

  leave(): void {
    this.#inside -= 1;
    this.#closeWhenEmpty();
  }

  /** Lets nobody in any more, stops what is under way and closes once all have come out. The first cause stays. */
  retire(cause?: unknown): void {
    if (this.#isRetired) return;
    this.#isRetired = true;
    this.#cause = cause;
    for (const connection of Object.values(this.#connections)) connection.interrupt();
    this.#closeWhenEmpty();
  }

  #closeWhenEmpty(): void {
    if (!this.#isRetired || this.#inside > 0) return;
    try {
      for (const connection of Object.values(this.#connections)) connection.closeSync();
      this.#instance.closeSync();
    } finally {
      this.#settle();
    }
  }
}

/** Runs `work` in a transaction that is committed, or undone when it throws. */
export async function inTransaction<T>(session: Session, work: (session: Session) => Promise<T>): Promise<T> {
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
