import {
  ALERT_COLUMNS,
  type AlertRow,
  type AlertTable,
  HEALTH_NUMBERS,
  type HealthRow,
  type HourTotal,
} from "./alert-port.ts";
import { snakeCase } from "./columns.ts";
import { derivedOf } from "./derived-rows.ts";
import { numberOf, type Row, textOf } from "./row.ts";

// What rows of alerts and signals say, whichever driver reads them.

/** Rows of a table, the same one once, in its order. */
export function alertRowsOf(table: AlertTable, rows: readonly Row[]): readonly AlertRow[] {
  const columns = ALERT_COLUMNS[table];
  const id = columns[0].field;
  const found = new Map<string, AlertRow>();
  for (const row of rows) {
    const one = derivedOf(row, columns);
    found.set(String(one[id]), one);
  }
  return [...found.values()];
}

/** A row of `health`, with `received_ms` and `ts_ms` since the epoch. */
export function healthRowOf(row: Row): HealthRow {
  const numbers = HEALTH_NUMBERS.map((field) => {
    const value = row[snakeCase(field)];
    return [field, value === null || value === undefined ? undefined : Number(value)] as const;
  });
  return {
    ...{ tenant: textOf(row, "tenant"), store: textOf(row, "store"), device: textOf(row, "device_id") },
    ...{ bootId: textOf(row, "boot_id"), seq: numberOf(row, "seq") },
    receivedAt: new Date(numberOf(row, "received_ms")).toISOString(),
    ts: new Date(numberOf(row, "ts_ms")).toISOString(),
    clockSynced: row.clock_synced === true,
    historical: row.historical === true,
    numbers: Object.fromEntries(numbers) as HealthRow["numbers"],
    cameras: camerasOf(textOf(row, "cameras")),
  };
}

/** The contract keeps it a list of objects; a row of something else says nothing of cameras. */
function camerasOf(text: string): HealthRow["cameras"] {
  const found: unknown = text === "" ? [] : JSON.parse(text);
  return Array.isArray(found) ? found.filter((one) => typeof one === "object" && one !== null) : [];
}

/** A row of sums by device and hour, with `date_text` and `local_text`. */
export const hourTotalOf = (row: Row): HourTotal => ({
  ...{ tenant: textOf(row, "tenant"), store: textOf(row, "store"), device: textOf(row, "device_id") },
  ...{ businessDate: textOf(row, "date_text"), localStart: textOf(row, "local_text") },
  ...{ people: numberOf(row, "people"), observedS: numberOf(row, "observed_s") },
});

/** Columns of `health` that a health row is made of; times are asked for apart, as each driver can. */
export const HEALTH_SELECTED = [
  ...["tenant", "store", "device_id", "boot_id", "seq", "clock_synced", "historical", "cameras"],
  ...HEALTH_NUMBERS.map(snakeCase),
];
