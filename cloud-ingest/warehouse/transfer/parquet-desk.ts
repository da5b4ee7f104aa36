import { DuckDBInstance, type DuckDBValue } from "@duckdb/node-api";
import { Lane } from "../duckdb/lane.ts";
import { Session } from "../duckdb/session.ts";
import { storeError } from "../duckdb/store-error.ts";
import type { Row } from "../row.ts";

/** Memory of a desk, MB; beyond it, it works in its folder. */
const MEMORY_MB = 256;

export const literal = (text: string) => `'${text.replaceAll("'", "''")}'`;

/** SQL that writes a query's rows into a new file; COPY takes no parameter for its target, whose name is ours. */
export const copyTo = (file: string, query: string) =>
  `COPY (${query}) TO ${literal(file)} (FORMAT parquet, COMPRESSION zstd)`;

/** A DuckDB without tables of its own, in which files are changed and compared. */
export class ParquetDesk {
  readonly #dir: string;
  readonly #instance: DuckDBInstance;
  readonly #session: Session;
  readonly #lane = new Lane();

  private constructor(dir: string, instance: DuckDBInstance, session: Session) {
    this.#dir = dir;
    this.#instance = instance;
    this.#session = session;
  }

  /** `dir` must be there. */
  static async open(dir: string): Promise<ParquetDesk> {
    const instance = await DuckDBInstance.create(":memory:", {
      memory_limit: `${MEMORY_MB}MB`,
      threads: "2",
      temp_directory: dir,
      autoinstall_known_extensions: "false",
      autoload_known_extensions: "false",
      preserve_insertion_order: "false",
    });
    return new ParquetDesk(dir, instance, new Session(await instance.connect()));
  }

  /** Writes a query's rows into a new Parquet file. Throws `AppError`. */
  async write(file: string, query: string, parameters: DuckDBValue[] = []): Promise<void> {
    await this.#attempt((session) => session.run(copyTo(file, query), parameters));
  }

  /** The rows of a query. Throws `AppError`. */
  rows(query: string, parameters: DuckDBValue[] = []): Promise<readonly Row[]> {
    return this.#attempt((session) => session.rows(query, parameters));
  }

  close(): void {
    this.#instance.closeSync();
  }

  /** One after the other: it is one connection. */
  #attempt<T>(work: (session: Session) => Promise<T>): Promise<T> {
    return this.#lane.run(async () => {
      try {
        return await work(this.#session);
      } catch (error) {
        throw storeError(error, this.#dir);
      }
    });
  }
}
