import { type DuckDBConnection, DuckDBDataChunk, type DuckDBType, type DuckDBValue } from "@duckdb/node-api";
import type { Row } from "../row.ts";

/** Rows that a chunk of DuckDB holds. */
const CHUNK_ROWS = 2048;

/** A column of rows that are appended. */
export interface FilledColumn {
  readonly name: string;
  readonly type: DuckDBType;
  readonly value: (index: number) => DuckDBValue;
}

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

  /** Runs a query and hands its rows out as chunks: for very many rows, each of whose values is wanted as it lies in the chunk. */
  async *chunks(sql: string, parameters: DuckDBValue[] = []): AsyncGenerator<DuckDBDataChunk> {
    const result = await this.#connection.run(sql, parameters);
    for (;;) {
      const chunk = await result.fetchChunk();
      if (!chunk || chunk.rowCount === 0) return;
      yield chunk;
    }
  }

  /** Adds so many rows to a table, all or none of them; its columns may stand in any order, and those not named get NULL. */
  async append(table: string, columns: readonly FilledColumn[], rows: number): Promise<void> {
    const inTable = await this.#connection.run(`SELECT * FROM ${table} LIMIT 0`);
    const known = new Map(columns.map((column) => [column.name, column]));
    const all = inTable
      .columnNames()
      .map((name, index) => known.get(name) ?? { name, type: inTable.columnType(index), value: () => null });
    const appender = await this.#connection.createAppender(table);
    try {
      for (let at = 0; at < rows; at += CHUNK_ROWS)
        appender.appendDataChunk(chunkOf(all, at, Math.min(CHUNK_ROWS, rows - at)));
      appender.flushSync();
    } catch (error) {
      // What is left in an appender would go into the transaction that is open when it is collected.
      appender.clear();
      throw error;
    } finally {
      appender.closeSync();
    }
  }
}

function chunkOf(columns: readonly FilledColumn[], first: number, rows: number): DuckDBDataChunk {
  const chunk = DuckDBDataChunk.create(
    columns.map(({ type }) => type),
    rows,
  );
  for (const [index, { value }] of columns.entries()) {
    const vector = chunk.getColumnVector(index);
    for (let row = 0; row < rows; row++) vector.setItem(row, value(first + row));
    vector.flush();
  }
  return chunk;
}
