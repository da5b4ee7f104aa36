import type { DuckDBConnection, DuckDBValue } from "@duckdb/node-api";
import type { Row } from "./row.ts";

/** Statements inside one transaction. Values always go as parameters. */
export class Session {
  readonly #connection: DuckDBConnection;

  constructor(connection: DuckDBConnection) {
    this.#connection = connection;
  }

  /** Runs a statement and returns how many rows it changed. */
  async run(sql: string, parameters: DuckDBValue[] = []): Promise<number> {
    const result = await this.#connection.run(sql, parameters);
    return result.rowsChanged;
  }

  /** Makes the statement under way fail. */
  interrupt(): void {
    this.#connection.interrupt();
  }

  /** Runs a query and returns all its rows; a chunk at a time, so that many rows do not hold up the thread. */
  async rows(sql: string, parameters: DuckDBValue[] = []): Promise<readonly Row[]> {
    const result = await this.#connection.run(sql, parameters);
    const rows: Row[] = [];
    for await (const chunk of result.yieldRowObjectJson()) for (const row of chunk) rows.push(row);
    return rows;
  }
}
