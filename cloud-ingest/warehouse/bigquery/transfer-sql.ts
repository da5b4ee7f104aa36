import type { ColumnType } from "../columns.ts";
import { MOVED_COLUMNS } from "../transfer/file-columns.ts";
import type { MovedTable } from "../transfer/port.ts";
import type { Statement } from "./big-query-client.ts";
import { MARKS } from "./quarantine-store.ts";
import { quoted } from "./tables.ts";
import { viewOf } from "./views.ts";

const DATA_NAME = "CONCAT(tenant, '/', store, '/', device_id, '/', event_id)";

/** The text that names a row, as `ROW_NAMES` of the files says it. */
const ROW_NAMES: Readonly<Record<MovedTable, string>> = {
  counts: DATA_NAME,
  events: DATA_NAME,
  health: DATA_NAME,
  quarantine: "CONCAT(REPLACE(message_id, CONCAT('~', content), ''), '/', content)",
  quarantine_replay: "CONCAT(message_id, '/', outcome)",
};

/** What a row gives to a file: times as microseconds, so that no reader can take them for another zone's. */
const VALUES: Readonly<Partial<Record<ColumnType, (name: string) => string>>> = {
  timestamp: (name) => `UNIX_MICROS(${name})`,
  date: (name) => `CAST(${name} AS STRING)`,
};

/** Every row once; a message whose name another of its date has goes by a longer one, as everywhere in kazoe. */
function sourceOf(table: MovedTable, condition: string): string {
  if (table === "quarantine_replay") return `(${MARKS})`;
  if (table !== "quarantine") return `(SELECT * FROM ${viewOf(table)} WHERE ${condition})`;
  return `(SELECT * EXCEPT (message_id), IF(ROW_NUMBER() OVER (PARTITION BY date, message_id ORDER BY received_at, content) = 1,
      message_id, CONCAT(message_id, '~', content)) AS message_id
    FROM v_quarantine WHERE ${condition})`;
}

/** The sums of the dates that the condition picks. */
export function sumsStatement(table: MovedTable, condition: string): Statement {
  const date = table === "quarantine_replay" ? "''" : "CAST(date AS STRING)";
  const part = (from: number) => `SUM(CAST(CONCAT('0x', SUBSTR(name_hash, ${from}, 8)) AS INT64))`;
  return {
    sql: `SELECT date_text, COUNT(*) AS n, ${part(1)} AS low, ${part(9)} AS high
      FROM (SELECT ${date} AS date_text, TO_HEX(MD5(${ROW_NAMES[table]})) AS name_hash FROM ${sourceOf(table, condition)})
      GROUP BY date_text ORDER BY date_text`,
  };
}

/** The rows of those dates. */
export function rowsStatement(table: MovedTable, condition: string): Statement {
  const columns = MOVED_COLUMNS[table].map(({ name, type }) => {
    const value = VALUES[type]?.(`t.${quoted(name)}`) ?? `t.${quoted(name)}`;
    return `${value} AS ${quoted(name)}`;
  });
  return { sql: `SELECT ${columns.join(", ")} FROM ${sourceOf(table, condition)} AS t` };
}
