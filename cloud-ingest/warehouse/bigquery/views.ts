import type { LogicalTable } from "../partitions/partitioning.ts";
import { columnList, definitionOf, quoted } from "./tables.ts";

/** What tells rows of a table apart that are not the same one come twice. All have the partition's column, so that a filter passes through. */
const KEYS: Readonly<Record<LogicalTable, { readonly by: readonly string[]; readonly first: string }>> = {
  counts: { by: ["tenant", "store", "device_id", "date", "event_id"], first: "received_at" },
  events: { by: ["tenant", "store", "device_id", "date", "event_id"], first: "received_at" },
  health: { by: ["tenant", "store", "device_id", "date", "event_id"], first: "received_at" },
  quarantine: { by: ["date", "message_id", "content"], first: "received_at" },
  traffic_hourly: {
    by: ["tenant", "store", "device_id", "camera_id", "target_kind", "target_id", "business_date", "local_start"],
    first: "span_s",
  },
  traffic_daily: {
    by: ["tenant", "store", "device_id", "camera_id", "target_kind", "target_id", "business_date", "local_start"],
    first: "span_s",
  },
};

/** The view of a table: each row once, from all tables that hold some of its dates. */
export const viewOf = (table: LogicalTable) => `v_${table}`;

/**
 * What the view says. Rows are appended at least once, so one that came again is left out here, the later one; the same settles
 * rows that are in two tables while dates move from one to the other.
 */
export function viewQuery(dataset: string, table: LogicalTable, siblings: readonly string[]): string {
  const columns = columnList(definitionOf(table).columns);
  const sources = [table, ...siblings].map((name) => `SELECT ${columns} FROM ${quoted(`${dataset}.${name}`)}`);
  const { by, first } = KEYS[table];
  return `SELECT ${columns} FROM (${sources.join(" UNION ALL ")})
WHERE TRUE QUALIFY ROW_NUMBER() OVER (PARTITION BY ${by.map(quoted).join(", ")} ORDER BY ${quoted(first)}) = 1`;
}
