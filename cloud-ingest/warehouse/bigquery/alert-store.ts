import { addDays, type DateRange } from "../../calendar.ts";
import {
  ALERT_COLUMNS,
  ALERT_TABLES,
  ALERT_TIMES,
  type AlertRow,
  type AlertStore,
  type AlertTable,
  type HealthRow,
  type HourTotal,
  type SignalStore,
  type StoreKey,
  type TimeRange,
} from "../alert-port.ts";
import { alertRowsOf, HEALTH_SELECTED, healthRowOf, hourTotalOf } from "../alert-rows.ts";
import type { DerivedRow } from "../derived-port.ts";
import { PARTITIONINGS } from "../partitions/partitioning.ts";
import { planRange } from "../partitions/plan-range.ts";
import type { DeviceRecord } from "../presence.ts";
import type { Appenders } from "./appenders.ts";
import type { BigQueryClient } from "./big-query-client.ts";
import { derivedRows, textual } from "./derived-store.ts";
import type { DeviceStore } from "./device-store.ts";

const LAST = "ROW_NUMBER() OVER (PARTITION BY t.tenant, t.store, t.device, t.rule ORDER BY t.number DESC) = 1";
const ORDER: Readonly<Record<AlertTable, string>> = {
  alert: "t.number",
  alert_delivery: "t.written_at, t.number",
  alert_word: "t.said_at, t.word_id",
};

/** `ts` may be so many days away from the receipt; a device further off is told by its silence here, as it has no health. */
const CLOCK_DAYS = 2;

/** Rows of a table that were written in the range, each once. */
export async function readAlerts(
  client: BigQueryClient,
  table: AlertTable,
  { from, to }: TimeRange,
): Promise<readonly AlertRow[]> {
  const sql = `${select(table)} WHERE t.${ALERT_TIMES[table]} BETWEEN TIMESTAMP(@from) AND TIMESTAMP(@to) ORDER BY ${ORDER[table]}`;
  return alertRowsOf(table, await client.rows({ sql, params: { from, to } }));
}

/** What the alert engine knows and looks at. Rows are appended at least once; each is read once. */
export class BigQueryAlertStore implements AlertStore, SignalStore {
  readonly #client: BigQueryClient;
  readonly #appenders: Appenders;
  readonly #devices: DeviceStore;

  constructor(client: BigQueryClient, appenders: Appenders, devices: DeviceStore) {
    this.#client = client;
    this.#appenders = appenders;
    this.#devices = devices;
  }

  async addAlerts(table: AlertTable, rows: readonly AlertRow[]): Promise<void> {
    if (rows.length > 0) await this.#appenders.append(table, rows);
  }

  async lastAlerts(): Promise<readonly AlertRow[]> {
    const sql = `${select("alert")} WHERE TRUE QUALIFY ${LAST} ORDER BY ${ORDER.alert}`;
    return alertRowsOf("alert", await this.#client.rows({ sql }));
  }

  alerts(table: AlertTable, range: TimeRange): Promise<readonly AlertRow[]> {
    return readAlerts(this.#client, table, range);
  }

  async forgetAlerts(before: string): Promise<void> {
    for (const table of ALERT_TABLES) {
      const last =
        table === "alert" ? `AND event_id NOT IN (SELECT t.event_id FROM alert AS t WHERE TRUE QUALIFY ${LAST})` : "";
      const sql = `DELETE FROM ${table} WHERE ${ALERT_TIMES[table]} < TIMESTAMP(@before) ${last}`;
      await this.#client.change({ sql, params: { before } });
    }
  }

  deviceRecords(): Promise<readonly DeviceRecord[]> {
    return this.#devices.records();
  }

  async healthBetween({ from, to }: TimeRange, store?: StoreKey): Promise<readonly HealthRow[]> {
    const ofStore = store ? "tenant = @tenant AND store = @store AND " : "";
    const params = { from, to, ...(store && { tenant: store.tenant, store: store.store }) };
    const dates = { from: addDays(from.slice(0, 10), -CLOCK_DAYS), to: addDays(to.slice(0, 10), CLOCK_DAYS) };
    const rows: HealthRow[] = [];
    for (const { condition } of planRange(dates, PARTITIONINGS.health)) {
      const sql = `SELECT ${HEALTH_SELECTED.join(", ")}, UNIX_MILLIS(received_at) AS received_ms, UNIX_MILLIS(ts) AS ts_ms
FROM v_health WHERE ${condition} AND ${ofStore}received_at BETWEEN TIMESTAMP(@from) AND TIMESTAMP(@to) ORDER BY received_at, seq`;
      for (const row of await this.#client.rows({ sql, params })) rows.push(healthRowOf(row));
    }
    return rows;
  }

  flags({ from, to }: DateRange): Promise<readonly DerivedRow[]> {
    const where = "WHERE business_date BETWEEN CAST(@from AS DATE) AND CAST(@to AS DATE)";
    return derivedRows(this.#client, "quality_flag", { where, params: { from, to } });
  }

  async hourTotals(dates: readonly string[], stores: readonly StoreKey[]): Promise<readonly HourTotal[]> {
    const sorted = [...dates].sort();
    const [from, to] = [sorted[0], sorted.at(-1)];
    if (from === undefined || to === undefined || stores.length === 0) return [];
    const rows: HourTotal[] = [];
    for (const { condition } of planRange({ from, to }, PARTITIONINGS.traffic_hourly)) {
      const sql = `SELECT tenant, store, device_id, CAST(business_date AS STRING) AS date_text,
  FORMAT_DATETIME('%Y-%m-%dT%H:%M:%S', local_start) AS local_text,
  SUM(\`in\` + \`out\` + visits) AS people, MAX(observed_s) AS observed_s
FROM v_traffic_hourly WHERE ${condition} AND CAST(business_date AS STRING) IN UNNEST(@dates)
  AND CONCAT(tenant, '/', store) IN UNNEST(@stores)
GROUP BY tenant, store, device_id, date_text, local_text ORDER BY tenant, store, device_id, date_text, local_text`;
      const params = { dates: sorted, stores: stores.map(({ tenant, store }) => `${tenant}/${store}`) };
      for (const row of await this.#client.rows({ sql, params, types: { dates: ["STRING"], stores: ["STRING"] } }))
        rows.push(hourTotalOf(row));
    }
    return rows;
  }
}

const select = (table: AlertTable) => `SELECT ${ALERT_COLUMNS[table].map(textual).join(", ")} FROM ${table} AS t`;
