import { ALERT_COLUMNS } from "../alert-port.ts";
import { type Column, type ColumnType, DATA_COLUMNS, DATA_TABLES, QUARANTINE_COLUMNS } from "../columns.ts";
import { CHANGED_COLUMNS, DERIVED_COLUMNS } from "../derived-port.ts";
import {
  ACCEPTED_COLUMNS,
  DEVICE_COLUMNS,
  JOB_CHECKPOINT_COLUMNS,
  JOB_RUN_COLUMNS,
  REPLAY_COLUMNS,
  TRAFFIC_COLUMNS,
} from "../own-columns.ts";
import { ROW_TABLE_COLUMNS } from "../row-port.ts";

/** Tables whose closed days move to Parquet. */
export const PARTITIONED_TABLES = [...DATA_TABLES, "quarantine"] as const;
export type PartitionedTable = (typeof PARTITIONED_TABLES)[number];

const column = (name: string, type: ColumnType, field = name): Column => ({ name, field, type });

/** How far each stream of the bus was read, and what became of its messages. */
export const LEDGER_COLUMNS: readonly Column[] = [
  column("stream", "text"),
  column("last_number", "integer", "lastNumber"),
  ...["stored", "duplicate", "quarantined"].map((name) => column(name, "integer")),
];

const COLD_FILE_COLUMNS: readonly Column[] = [
  column("table_name", "text"),
  column("date", "date"),
  column("file", "text"),
  column("bytes", "integer"),
  column("sha256", "text"),
  column("checked_at", "timestamp"),
  // What is wrong with it; NULL or empty when nothing is.
  column("damage", "text"),
  // True when the numbers of its rows are in `seq_range`.
  column("indexed", "boolean"),
];

/** Which numbers of a device's boot are stored, as ranges; `boot_hash` finds them. */
export const SEQ_RANGE_COLUMNS: readonly Column[] = [
  column("boot_hash", "integer"),
  ...["tenant", "store", "device_id", "boot_id"].map((name) => column(name, "text")),
  column("first_seq", "integer"),
  column("last_seq", "integer"),
];

/** Every table of the hot database. None has a primary key: an index must fit in memory, and only one writer exists. */
export const TABLES: Readonly<Record<string, readonly Column[]>> = {
  ...DATA_COLUMNS,
  quarantine: QUARANTINE_COLUMNS,
  traffic_hourly: TRAFFIC_COLUMNS,
  traffic_daily: TRAFFIC_COLUMNS,
  seq_range: SEQ_RANGE_COLUMNS,
  device: DEVICE_COLUMNS,
  job_run: JOB_RUN_COLUMNS,
  // What runs have done that have not ended well.
  job_checkpoint: JOB_CHECKPOINT_COLUMNS,
  ...DERIVED_COLUMNS,
  // Dates that the job named `reader` has not dealt with since their counts changed.
  changed_date: CHANGED_COLUMNS,
  ...ALERT_COLUMNS,
  // Rows that no device sent, every version that came as the newest.
  ...Object.fromEntries(ROW_TABLE_COLUMNS),
  ledger: LEDGER_COLUMNS,
  // What became of quarantined messages that were judged again, one row for each; apart, because their days may be archived.
  quarantine_replay: REPLAY_COLUMNS,
  // Differences of the ledger that an operator knows of.
  ledger_accepted: ACCEPTED_COLUMNS,
  // Quarters of an hour with counts that no roll-up has seen; nearly every midnight falls on a quarter.
  stale_quarter: [column("tenant", "text"), column("store", "text"), column("quarter", "timestamp")],
  // The newest time that our clock is believed to have told, RFC 3339 UTC; one row.
  clock_mark: [column("told_at", "text")],
  // The Parquet files that count; a file that is not listed here is a leftover of a crash.
  cold_file: COLD_FILE_COLUMNS,
};

/** An identifier in SQL: `in` is a keyword. Only for names from the code, never from outside. */
export const quoted = (name: string) => `"${name}"`;

/** `"tenant", "store", ...` */
export const columnList = (columns: readonly Column[]) => columns.map((one) => quoted(one.name)).join(", ");

/** What DuckDB calls the types of columns. */
export const SQL_TYPES: Readonly<Record<ColumnType, string>> = {
  text: "VARCHAR",
  integer: "BIGINT",
  number: "DOUBLE",
  boolean: "BOOLEAN",
  date: "DATE",
  timestamp: "TIMESTAMP",
  "local-time": "TIMESTAMP",
  json: "JSON",
};

/** A column as it is declared. */
export const declaration = ({ name, type }: Column) => `${quoted(name)} ${SQL_TYPES[type]}`;

/** The statement that makes a table. */
export function createTable(table: string, columns: readonly Column[]): string {
  return `CREATE TABLE ${table} (${columns.map(declaration).join(", ")})`;
}

/**
 * A SELECT whose one parameter is a JSON array of rows: binds a whole batch at once, without an appender. Every column's
 * field must be there, null if need be; a value that does not fit is an error (plain `from_json` would make it NULL).
 */
export function selectFromJson(columns: readonly Column[]): string {
  const shape = JSON.stringify([Object.fromEntries(columns.map((one) => [one.field, SQL_TYPES[one.type]]))]);
  const fields = columns.map((one) => `r.${quoted(one.field)} AS ${quoted(one.name)}`).join(", ");
  return `SELECT ${fields} FROM (SELECT unnest(from_json_strict($1, '${shape}')) AS r)`;
}

/** The same for a list of JSON texts, one a row: what takes many rows is more than twice as fast with it. */
export function selectFromJsonTexts(columns: readonly Column[]): string {
  const shape = JSON.stringify(Object.fromEntries(columns.map((one) => [one.field, SQL_TYPES[one.type]])));
  const fields = columns.map((one) => `r.${quoted(one.field)} AS ${quoted(one.name)}`).join(", ");
  return `SELECT ${fields} FROM (SELECT from_json_strict(unnest($1), '${shape}') AS r)`;
}
