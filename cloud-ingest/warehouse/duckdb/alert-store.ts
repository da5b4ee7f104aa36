import { listValue } from "@duckdb/node-api";
import { type DateRange, datesOf } from "../../calendar.ts";
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
import { around } from "../dates.ts";
import type { DerivedRow } from "../derived-port.ts";
import type { DeviceRecord } from "../presence.ts";
import { recordOf } from "../read-rows.ts";
import { allRows, coldFiles, fileParameters } from "./cold-list.ts";
import type { Database } from "./database.ts";
import { derivedRows, insertByColumns, textual } from "./derived-store.ts";
import { isOneOf, storesParameter } from "./one-of.ts";

const LAST = "QUALIFY row_number() OVER (PARTITION BY tenant, store, device, rule ORDER BY number DESC) = 1";
/** Each row's first column names it; transitions have their number, the others their time, to be in order. */
const ORDER: Readonly<Record<AlertTable, string>> = {
  alert: "alert.number",
  alert_delivery: "alert_delivery.written_at, alert_delivery.number",
  alert_word: "alert_word.said_at, word_id",
};

/** What the alert engine knows and looks at, in the hot database; health of archived days too. */
export class DuckDbAlertStore implements AlertStore, SignalStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  addAlerts(table: AlertTable, rows: readonly AlertRow[]): Promise<void> {
    return this.#database.write((session) => insertByColumns(session, table, ALERT_COLUMNS[table], rows));
  }

  lastAlerts(): Promise<readonly AlertRow[]> {
    return this.#database.read(async (session) =>
      alertRowsOf("alert", await session.rows(`${select("alert")} ${LAST} ORDER BY ${ORDER.alert}`)),
    );
  }

  alerts(table: AlertTable, { from, to }: TimeRange): Promise<readonly AlertRow[]> {
    const where = `WHERE ${table}.${ALERT_TIMES[table]} BETWEEN $1::TIMESTAMP AND $2::TIMESTAMP`;
    return this.#database.read(async (session) =>
      alertRowsOf(
        table,
        await session.rows(`${select(table)} ${where} ORDER BY ${ORDER[table]}`, [utc(from), utc(to)]),
      ),
    );
  }

  forgetAlerts(before: string): Promise<void> {
    return this.#database.write(async (session) => {
      for (const table of ALERT_TABLES) {
        const last = table === "alert" ? `AND event_id NOT IN (SELECT event_id FROM alert ${LAST})` : "";
        await session.run(`DELETE FROM ${table} WHERE ${ALERT_TIMES[table]} < $1::TIMESTAMP ${last}`, [utc(before)]);
      }
    });
  }

  deviceRecords(): Promise<readonly DeviceRecord[]> {
    return this.#database.read(async (session) => (await session.rows("SELECT * FROM device")).map(recordOf));
  }

  healthBetween({ from, to }: TimeRange, store?: StoreKey): Promise<readonly HealthRow[]> {
    const ofStore = store ? "tenant = $3 AND store = $4 AND" : "";
    const values = [utc(from), utc(to), ...(store ? [store.tenant, store.store] : [])];
    return this.#database.read(
      async (session) => {
        const files = await coldFiles(session, "health", healthDates({ from, to }));
        const columns = `${HEALTH_SELECTED.join(", ")}, epoch_ms(received_at) AS received_ms, epoch_ms(ts) AS ts_ms`;
        const rows = await session.rows(
          `SELECT ${columns} FROM (${allRows("health", files, values.length + 1)}) AS h
         WHERE ${ofStore} received_at BETWEEN $1::TIMESTAMP AND $2::TIMESTAMP ORDER BY received_at, seq`,
          [...values, ...fileParameters(this.#database.dir, files)],
        );
        return rows.map(healthRowOf);
        // A page waits for its store's.
      },
      store ? "page" : "export",
    );
  }

  flags({ from, to }: DateRange): Promise<readonly DerivedRow[]> {
    const where = "WHERE business_date BETWEEN $1::DATE AND $2::DATE";
    return this.#database.read((session) => derivedRows(session, "quality_flag", where, [from, to]));
  }

  async hourTotals(dates: readonly string[], stores: readonly StoreKey[]): Promise<readonly HourTotal[]> {
    if (dates.length === 0 || stores.length === 0) return [];
    return this.#database.read(async (session) => {
      const rows = await session.rows(
        `SELECT tenant, store, device_id, strftime(business_date, '%Y-%m-%d') AS date_text, strftime(local_start, '%Y-%m-%dT%H:%M:%S') AS local_text,
           sum("in" + "out" + visits)::DOUBLE AS people, max(observed_s) AS observed_s
         FROM traffic_hourly WHERE business_date IN (SELECT unnest($1)::DATE) AND ${isOneOf(2)}
         GROUP BY ALL ORDER BY ALL`,
        [listValue([...dates]), storesParameter(stores)],
      );
      return rows.map(hourTotalOf);
    }, "export");
  }
}

/** UTC dates whose archived rows may have been received in the range; what a device with a wrong clock sent is looked for in the hot database only. */
export const healthDates = ({ from, to }: TimeRange) =>
  around(datesOf({ from: from.slice(0, 10), to: to.slice(0, 10) }));

const select = (table: AlertTable) => `SELECT ${ALERT_COLUMNS[table].map(textual).join(", ")} FROM ${table}`;

/** As DuckDB reads a time without a zone. */
const utc = (time: string) => new Date(time).toISOString().slice(0, -1);
