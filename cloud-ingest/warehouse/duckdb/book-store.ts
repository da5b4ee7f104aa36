import { listValue } from "@duckdb/node-api";
import { ROW_TABLE_NAMES } from "../../../firmware-config/contract/row.ts";
import { ALERT_COLUMNS, EVER, everyAlertRow } from "../alert-port.ts";
import type { Column } from "../columns.ts";
import { ACCEPTED_COLUMNS, DEVICE_COLUMNS, JOB_RUN_COLUMNS } from "../own-columns.ts";
import { deviceKey } from "../presence.ts";
import { acceptedOf, ledgerOf, recordOf, runOf } from "../read-rows.ts";
import { numberOf, type Row, textOf } from "../row.ts";
import { ROW_COLUMNS, rowTableName } from "../row-port.ts";
import type { NumberedRun } from "../transfer/books.ts";
import type { BookStore, Books, StreamLedger } from "../transfer/port.ts";
import { DuckDbAlertStore } from "./alert-store.ts";
import type { Database } from "./database.ts";
import { derivedRows, insertByColumns, insertDerived } from "./derived-store.ts";
import { storeMark } from "./ingest-store.ts";
import type { Session } from "./session.ts";
import { allRows } from "./source-row-store.ts";
import { columnList, LEDGER_COLUMNS, selectFromJsonTexts } from "./tables.ts";

const PUT = ["alert_word", "alert_delivery", "alert"] as const;

/** The small tables as a whole. */
export class DuckDbBookStore implements BookStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async books(): Promise<Books> {
    const store = new DuckDbAlertStore(this.#database);
    const alerts = await everyAlertRow((table) => store.alerts(table, EVER));
    return this.#database.read(async (session) => {
      const [mark] = await session.rows("SELECT max(told_at) AS told_at FROM clock_mark");
      return {
        devices: (await session.rows("SELECT * FROM device")).map(recordOf),
        runs: (await session.rows(`SELECT * EXCLUDE (started_at, finished_at), ${TIMES} FROM job_run`)).map(numbered),
        ledger: (await session.rows("SELECT * FROM ledger")).map(streamLedger),
        accepted: (await session.rows(ACCEPTED)).map(acceptedOf),
        words: await derivedRows(session, "quality_word"),
        rows: await allRows(session),
        alerts,
        clockMark: mark ? textOf(mark, "told_at") : "",
      };
    }, "export");
  }

  putBooks({ devices, runs, ledger, accepted, words, rows, alerts, clockMark }: Books): Promise<void> {
    return this.#database.write(async (session) => {
      await remove(session, "device", "concat(tenant, '/', store, '/', device)", devices.map(deviceKey));
      await insert(session, "device", { columns: DEVICE_COLUMNS, rows: devices });
      await insert(session, "job_run", { columns: JOB_RUN_COLUMNS, rows: runs });
      const streams = ledger.map(({ stream }) => stream);
      await remove(session, "ledger", "stream", streams);
      await insert(session, "ledger", { columns: LEDGER_COLUMNS, rows: ledger });
      await insert(session, "ledger_accepted", { columns: ACCEPTED_COLUMNS, rows: accepted });
      await insertDerived(session, "quality_word", words);
      for (const table of ROW_TABLE_NAMES)
        await insertByColumns(session, rowTableName(table), ROW_COLUMNS[table], rows[table]);
      // What was told to whom before what is to be told, though all of it is one step here.
      for (const table of PUT) await insertByColumns(session, table, ALERT_COLUMNS[table], alerts[table]);
      if (clockMark !== "") await storeMark(session, Date.parse(clockMark));
    });
  }
}

const rfc3339 = (column: string) => `strftime(${column}, '%Y-%m-%dT%H:%M:%S.%gZ') AS ${column}`;
const TIMES = `${rfc3339("started_at")}, ${rfc3339("finished_at")}`;
const ACCEPTED = `SELECT stream, difference, note, ${rfc3339("accepted_at")} FROM ledger_accepted`;

async function remove(session: Session, table: string, name: string, names: readonly string[]): Promise<void> {
  if (names.length === 0) return;
  await session.run(`DELETE FROM ${table} WHERE ${name} IN (SELECT unnest($1))`, [listValue([...names])]);
}

async function insert(
  session: Session,
  table: string,
  { columns, rows }: { readonly columns: readonly Column[]; readonly rows: readonly object[] },
): Promise<void> {
  if (rows.length === 0) return;
  await session.run(`INSERT INTO ${table} (${columnList(columns)}) ${selectFromJsonTexts(columns)}`, [
    listValue(rows.map((row) => JSON.stringify(row))),
  ]);
}

const numbered = (row: Row): NumberedRun => ({ number: numberOf(row, "number"), ...runOf(row) });

const streamLedger = (row: Row): StreamLedger => {
  const stream = textOf(row, "stream");
  return { stream, lastNumber: stream === "" ? 0 : numberOf(row, "last_number"), ...ledgerOf(row) };
};
