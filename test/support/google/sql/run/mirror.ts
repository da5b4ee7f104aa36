import { BIGINT, type DuckDBConnection, DuckDBDataChunk, type DuckDBValue } from "@duckdb/node-api";
import type { Table } from "../../bigquery/table.ts";
import { bindingType, toDuck } from "../duck-values.ts";
import { duckType, quoted, type SqlType, typeOfField } from "../types.ts";
import { newTableName } from "./duckdb.ts";

/** The column of a row's number. */
export const ROW_ID = "__row";
/** What DuckDB takes at a time. */
const CHUNK_ROWS = 2048;

/** How far DuckDB's copy of a table has come. */
interface Copy {
  readonly name: string;
  generation: number;
  schemaVersion: number;
  nextId: number;
  removed: number;
}

interface Column {
  readonly name: string;
  readonly type: SqlType;
}

/** Copies of tables in DuckDB, brought up to date by what came and went since they were last. */
export class Mirror {
  readonly #connection: DuckDBConnection;
  readonly #copies = new Map<Table, Copy>();

  constructor(connection: DuckDBConnection) {
    this.#connection = connection;
  }

  nameOf(table: Table): string {
    return this.#copyOf(table).name;
  }

  async bringUpToDate(table: Table): Promise<void> {
    const copy = this.#copyOf(table);
    const { log, schemaVersion } = table;
    const columns = columnsOf(table);
    if (copy.generation !== log.generation || copy.schemaVersion !== schemaVersion)
      await this.#begin(table, copy, columns);
    const gone = log.removed.slice(copy.removed).filter((id) => id < copy.nextId);
    copy.removed = log.removed.length;
    const { rows, ids } = log.since(copy.nextId);
    copy.nextId = log.nextId;
    if (gone.length > 0) await this.#remove(copy.name, gone);
    if (rows.length === 0) return;
    const types = [BIGINT, ...columns.map(({ type }) => bindingType(type))];
    await this.#append(copy.name, types, {
      count: rows.length,
      valuesOf: (from, until) => [
        ids.slice(from, until).map(BigInt),
        ...columns.map(({ name, type }) => rows.slice(from, until).map((row) => toDuck(type, row[name]))),
      ],
    });
  }

  /** Drops the copies. */
  async drop(): Promise<void> {
    for (const { name } of this.#copies.values()) await this.#connection.run(`DROP TABLE IF EXISTS ${name}`);
    this.#copies.clear();
  }

  #copyOf(table: Table): Copy {
    const found = this.#copies.get(table) ?? {
      name: newTableName(),
      generation: -1,
      schemaVersion: 0,
      nextId: 0,
      removed: 0,
    };
    this.#copies.set(table, found);
    return found;
  }

  async #begin({ log, schemaVersion }: Table, copy: Copy, columns: readonly Column[]): Promise<void> {
    const definitions = columns.map(({ name, type }) => `${quoted(name)} ${duckType(type)}`);
    const all = [`${ROW_ID} BIGINT`, ...definitions].join(", ");
    await this.#connection.run(`CREATE OR REPLACE TABLE ${copy.name} (${all})`);
    copy.generation = log.generation;
    copy.schemaVersion = schemaVersion;
    copy.nextId = 0;
    copy.removed = 0;
  }

  async #remove(name: string, ids: readonly number[]): Promise<void> {
    await this.#connection.run("CREATE OR REPLACE TEMP TABLE gone (id BIGINT)");
    await this.#append("gone", [BIGINT], {
      count: ids.length,
      valuesOf: (from, until) => [ids.slice(from, until).map(BigInt)],
    });
    await this.#connection.run(`DELETE FROM ${name} WHERE ${ROW_ID} IN (SELECT id FROM gone)`);
  }

  async #append(
    name: string,
    types: readonly ReturnType<typeof bindingType>[],
    {
      count,
      valuesOf,
    }: { readonly count: number; readonly valuesOf: (from: number, until: number) => readonly DuckDBValue[][] },
  ): Promise<void> {
    const appender = await this.#connection.createAppender(name);
    for (let from = 0; from < count; from += CHUNK_ROWS) {
      const until = Math.min(from + CHUNK_ROWS, count);
      const chunk = DuckDBDataChunk.create(types, until - from);
      chunk.setColumns([...valuesOf(from, until)]);
      appender.appendDataChunk(chunk);
    }
    appender.closeSync();
  }
}

/** The columns that queries read. */
function columnsOf({ fields }: Table): readonly Column[] {
  return fields.flatMap((field) => {
    const type = typeOfField(field);
    return type ? [{ name: field.name, type }] : [];
  });
}
