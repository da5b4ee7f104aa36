import { ALERT_COLUMNS } from "../alert-port.ts";
import { type Column, type ColumnType, DATA_COLUMNS, DATA_TABLES, QUARANTINE_COLUMNS } from "../columns.ts";
import { CHANGED_COLUMNS, DERIVED_COLUMNS, DERIVED_TABLES, type DerivedTable } from "../derived-port.ts";
import {
  ACCEPTED_COLUMNS,
  DEVICE_COLUMNS,
  JOB_CHECKPOINT_COLUMNS,
  JOB_RUN_COLUMNS,
  REPLAY_COLUMNS,
  TRAFFIC_COLUMNS,
} from "../own-columns.ts";
import { type LogicalTable, PARTITIONINGS, type Partitioning } from "../partitions/partitioning.ts";
import { ROW_TABLE_COLUMNS } from "../row-port.ts";

/** One table of the dataset, as it must be. */
export interface TableDefinition {
  readonly name: string;
  readonly description: string;
  readonly columns: readonly Column[];
  /** Left out for the small tables of our own bookkeeping. */
  readonly partitioning?: Partitioning;
  readonly cluster: readonly string[];
}

const column = (name: string, type: ColumnType, description: string, field = name): Column => {
  return { name, field, type, description };
};

/** Grows with each batch of a process, so that who has seen one number has seen all before it. */
const BATCH = [
  column("worker", "text", "the process that wrote it, since its start"),
  column("number", "integer", "of its batches, from 1"),
];
const STORE = [column("tenant", "text", "the retail client"), column("store", "text", "the shop")];

const QUARANTINE: readonly Column[] = [
  ...QUARANTINE_COLUMNS,
  column("tenant", "text", "as the topic says it"),
  column("store", "text", "as the topic says it"),
  column("content", "text", "MD5 of topic, payload and exact bytes: tells messages of one name apart"),
];

/** What a state, birth or data message said of its device; settled into `device` from time to time. */
export const PRESENCE_COLUMNS: readonly Column[] = [
  ...STORE,
  column("device", "text", "the device"),
  column("received_at", "timestamp", "when the broker received it", "receivedAt"),
  column("kind", "text", "state, birth or data"),
  column("message", "text", "JSON of a state or birth message"),
  ...BATCH,
];

/** How far each stream of the bus was read, and what became of its messages: sums, of which the newest of a worker holds. */
export const LEDGER_COLUMNS: readonly Column[] = [
  column("stream", "text", "of the bus; empty for a bus without order"),
  column("worker", "text", "the process, on a bus without order"),
  column("last_number", "integer", "of the last message, or of the last batch of the worker", "lastNumber"),
  column("stored", "integer", "messages stored so far; what came again counts, the views show it once"),
  column("duplicate", "integer", "messages that were known to be there already"),
  column("quarantined", "integer", "messages in quarantine"),
  column("clock_mark", "timestamp", "the newest time that our clock is believed to have told", "clockMark"),
  column("written_at", "timestamp", "when it was written", "writtenAt"),
];

/** Quarters of an hour with counts that no roll-up has seen. */
export const STALE_COLUMNS: readonly Column[] = [...STORE, column("quarter", "timestamp", "its begin"), ...BATCH];

/** Who does what only one process may do. */
const LEASE_COLUMNS: readonly Column[] = [
  column("name", "text", "what is done, such as a job"),
  column("holder", "text", "the process"),
  column("until", "timestamp", "from when another may take it"),
];

const RAW: Readonly<Record<(typeof DATA_TABLES)[number], string>> = {
  counts: "what was counted at one line or zone in one window, as it came",
  events: "crossings and visits, as they came",
  health: "what devices said of themselves, as it came",
};

const DERIVED: Readonly<Record<DerivedTable, string>> = {
  quality_hour: "hours that are not what was counted: repaired or explained",
  quality_flag: "what rules said of stretches of counts",
  quality_score: "how far a device's date can be believed",
  quality_word: "what people said of flags",
  forecast: "what is expected, by place, date and hour",
  forecast_today: "what is expected of dates under way",
  cluster: "whose weeks a place is alike",
  day_kind: "which kind of day a date of a store was",
};

const table = (name: string, description: string, columns: readonly Column[], cluster: readonly string[] = []) => {
  return { name, description, columns, cluster };
};

const partitioned = (
  name: LogicalTable,
  description: string,
  columns: readonly Column[],
  cluster: readonly string[],
) => {
  return { ...table(name, description, columns, cluster), partitioning: PARTITIONINGS[name] };
};

/** Every table of the dataset; those cut by date have older siblings such as `counts_1990s` where they hold such dates. */
export const TABLES: readonly TableDefinition[] = [
  ...DATA_TABLES.map((name) => partitioned(name, RAW[name], DATA_COLUMNS[name], ["tenant", "store", "device_id"])),
  partitioned("quarantine", "messages that could not be used, with why", QUARANTINE, ["tenant", "store"]),
  partitioned("traffic_hourly", "counts by hour of the store", TRAFFIC_COLUMNS, ["tenant", "store", "device_id"]),
  partitioned("traffic_daily", "counts by day of the store", TRAFFIC_COLUMNS, ["tenant", "store", "device_id"]),
  table("presence", "what was heard of devices lately", PRESENCE_COLUMNS, ["tenant", "store", "device"]),
  table("device", "devices as they were when last settled", DEVICE_COLUMNS, ["tenant", "store", "device"]),
  table("ledger", "what became of the messages of the bus", LEDGER_COLUMNS, ["stream"]),
  table("stale_quarter", "what the next roll-up must look at", STALE_COLUMNS, ["tenant", "store"]),
  table("job_run", "runs of jobs", JOB_RUN_COLUMNS, ["job"]),
  table("job_checkpoint", "what runs have done that have not ended well", JOB_CHECKPOINT_COLUMNS, ["run_id"]),
  ...DERIVED_TABLES.map((name) =>
    table(name, DERIVED[name], DERIVED_COLUMNS[name], ["tenant", "store", "business_date"]),
  ),
  ...[...ROW_TABLE_COLUMNS].map(([name, columns]) =>
    table(name, "rows that no device sent, by key and version", columns, ["tenant", "store", "key"]),
  ),
  table("alert", "transitions of rules and alerts", ALERT_COLUMNS.alert, ["tenant", "store", "device"]),
  table("alert_delivery", "what became of notifications", ALERT_COLUMNS.alert_delivery, ["sink"]),
  table("alert_word", "what people said of alerts", ALERT_COLUMNS.alert_word, ["tenant", "store", "device"]),
  table("changed_date", "dates that a job has not dealt with since their counts changed", CHANGED_COLUMNS, ["reader"]),
  table("lease", "who does what only one may do", LEASE_COLUMNS),
  table("quarantine_replay", "what became of quarantined messages", REPLAY_COLUMNS, ["message_id"]),
  table("ledger_accepted", "differences that an operator knows of", ACCEPTED_COLUMNS),
];

/** The definition of a table by its name. */
export function definitionOf(name: string): TableDefinition {
  const found = TABLES.find((one) => one.name === name);
  if (!found) throw new Error(`no table ${name}`);
  return found;
}

/** What BigQuery calls the types of columns. Texts of JSON stay texts: they come back byte for byte, and cost the same. */
export const SQL_TYPES: Readonly<Record<ColumnType, string>> = {
  text: "STRING",
  integer: "INT64",
  number: "FLOAT64",
  boolean: "BOOL",
  date: "DATE",
  timestamp: "TIMESTAMP",
  "local-time": "DATETIME",
  json: "STRING",
};

/** An identifier in SQL: `in` is a keyword. Only for names from the code, never from outside. */
export const quoted = (name: string) => `\`${name}\``;

/** `` `tenant`, `store`, ... `` */
export const columnList = (columns: readonly Column[]) => columns.map((one) => quoted(one.name)).join(", ");
