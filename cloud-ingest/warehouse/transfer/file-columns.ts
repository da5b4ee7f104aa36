import { type Column, type ColumnType, DATA_COLUMNS, QUARANTINE_COLUMNS } from "../columns.ts";
import { quoted } from "../duckdb/tables.ts";
import { REPLAY_COLUMNS } from "../own-columns.ts";
import { CONTENT } from "../quarantine-content.ts";
import type { MovedTable } from "./port.ts";

/** The columns of a table as they move. */
export const MOVED_COLUMNS: Readonly<Record<MovedTable, readonly Column[]>> = {
  ...DATA_COLUMNS,
  quarantine: QUARANTINE_COLUMNS,
  quarantine_replay: REPLAY_COLUMNS,
};

/** SQL of DuckDB for a message's own name, without what another of that name made us add. */
export const OWN_NAME = `replace(message_id, '~' || ${CONTENT}, '')`;

/** SQL of DuckDB for the text that names a row, the same in every warehouse. */
export const ROW_NAMES: Readonly<Record<MovedTable, string>> = {
  counts: "tenant || '/' || store || '/' || device_id || '/' || event_id",
  events: "tenant || '/' || store || '/' || device_id || '/' || event_id",
  health: "tenant || '/' || store || '/' || device_id || '/' || event_id",
  quarantine: `${OWN_NAME} || '/' || ${CONTENT}`,
  quarantine_replay: "message_id || '/' || outcome",
};

/** How a column stands in a file. A time has its zone there, or BigQuery would take it for a local one; JSON is its text. */
const TO_FILE: Readonly<Partial<Record<ColumnType, (name: string) => string>>> = {
  timestamp: (name) => `make_timestamptz(epoch_us(${name}))`,
  json: (name) => `${name}::VARCHAR`,
};

const FROM_FILE: Readonly<Partial<Record<ColumnType, (name: string) => string>>> = {
  timestamp: (name) => `make_timestamp(epoch_us(${name}))`,
  json: (name) => `${name}::JSON`,
};

const selected = (columns: readonly Column[], ways: typeof TO_FILE) =>
  columns.map(({ name, type }) => `${ways[type]?.(quoted(name)) ?? quoted(name)} AS ${quoted(name)}`).join(", ");

/** The columns of a table of DuckDB as a file has them. */
export const toFile = (table: MovedTable) => selected(MOVED_COLUMNS[table], TO_FILE);

/** The columns of a file as a table of DuckDB has them. */
export const fromFile = (table: MovedTable) => selected(MOVED_COLUMNS[table], FROM_FILE);

/** SQL of DuckDB that sums rows up, which `rows` gives with a `date` and a `name`; each name counts once. */
export const sumsOf = (rows: string) => `
  SELECT date, count(*) AS n, concat(sum(('0x' || hash[1:8])::BIGINT), '-', sum(('0x' || hash[9:16])::BIGINT)) AS digest
  FROM (SELECT date, md5(name) AS hash FROM (${rows}) GROUP BY ALL) GROUP BY date ORDER BY date`;
