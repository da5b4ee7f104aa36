import { createWriteStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import type { ColumnType } from "../columns.ts";
import { removeFile } from "../duckdb/cold-files.ts";
import { quoted } from "../duckdb/tables.ts";
import { MOVED_COLUMNS } from "../transfer/file-columns.ts";
import type { ParquetDesk } from "../transfer/parquet-desk.ts";
import type { MovedTable } from "../transfer/port.ts";
import type { Row } from "./big-query-client.ts";

/** What stands in the lines, and what the file makes of it. */
const LINE_TYPES: Readonly<Record<ColumnType, string>> = {
  ...{ text: "VARCHAR", json: "VARCHAR", integer: "BIGINT", number: "DOUBLE", boolean: "BOOLEAN", date: "DATE" },
  ...{ timestamp: "BIGINT", "local-time": "VARCHAR" },
};

/** Writes pages of rows into a Parquet file, by way of a file of JSON lines beside it. */
export async function writeRows(
  desk: ParquetDesk,
  { table, file }: { readonly table: MovedTable; readonly file: string },
  pages: AsyncIterable<readonly Row[]>,
): Promise<void> {
  const lines = `${file}.ndjson`;
  try {
    await pipeline(linesOf(pages), createWriteStream(lines));
    const columns = MOVED_COLUMNS[table];
    const types = columns.map(({ name, type }) => `${quoted(name)}: '${LINE_TYPES[type]}'`).join(", ");
    const values = columns.map(({ name, type }) => {
      return type === "timestamp" ? `make_timestamptz(${quoted(name)}) AS ${quoted(name)}` : quoted(name);
    });
    const rows = `read_json($1, format = 'newline_delimited', columns = {${types}})`;
    await desk.write(file, `SELECT ${values.join(", ")} FROM ${rows}`, [lines]);
  } finally {
    await removeFile(lines);
  }
}

async function* linesOf(pages: AsyncIterable<readonly Row[]>): AsyncGenerator<string> {
  for await (const rows of pages) yield rows.map((row) => `${JSON.stringify(row)}\n`).join("");
}
