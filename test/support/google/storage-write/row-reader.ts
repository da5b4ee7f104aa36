import type { Table } from "../bigquery/table.ts";
import { type Row, ValueError } from "../bigquery/values.ts";
import type { RowDecoder } from "./row-decoder.ts";

/** google.cloud.bigquery.storage.v1.RowError. */
export interface RowError {
  readonly index: number;
  readonly code: "FIELDS_ERROR";
  readonly message: string;
}

/** All rows, or what is wrong with those that cannot be appended. */
export function readRows(serialized: readonly Uint8Array[], table: Table, decoder: RowDecoder) {
  const rows: Row[] = [];
  const errors: RowError[] = [];
  for (const [index, bytes] of serialized.entries()) {
    const read = readRow(bytes, table, decoder);
    if (typeof read === "string") errors.push({ index, code: "FIELDS_ERROR", message: read });
    else rows.push(read);
  }
  return { rows, errors };
}

function readRow(bytes: Uint8Array, table: Table, decoder: RowDecoder): Row | string {
  try {
    const row = table.rowOf(decoder.decode(bytes, table.fields));
    return table.takesStreamed(row) ? row : "the row's partition is outside of what may be streamed";
  } catch (error) {
    if (error instanceof ValueError) return error.message;
    throw error;
  }
}
