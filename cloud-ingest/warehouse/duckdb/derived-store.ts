import { randomUUID } from "node:crypto";
import { type DuckDBValue, listValue } from "@duckdb/node-api";
import type { DateRange } from "../../calendar.ts";
import type { Column } from "../columns.ts";
import {
  CHANGED_COLUMNS,
  type ChangedDates,
  DERIVED_COLUMNS,
  type DerivedRow,
  type DerivedStore,
  type DerivedTable,
} from "../derived-port.ts";
import { changedOf, changedRows, daysOfWork, derivedOf } from "../derived-rows.ts";
import { rangeOfWork } from "../many-stores.ts";
import type { ReadWish, StoreDates, StoreInfo } from "../port.ts";
import type { Database } from "./database.ts";
import { readAs } from "./read-as.ts";
import type { Session } from "./session.ts";
import { columnList, quoted, selectFromJsonTexts } from "./tables.ts";

/** Rows whose JSON is bound at once. */
const ROWS_AT_ONCE = 5_000;

const TIMES: Readonly<Record<string, string>> = {
  date: "%Y-%m-%d",
  "local-time": "%Y-%m-%dT%H:%M:%S",
  timestamp: "%Y-%m-%dT%H:%M:%S.%gZ",
};

/** Rows that jobs make of counts, in the hot database. */
export class DuckDbDerivedStore implements DerivedStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  replaceDerived(table: DerivedTable, work: readonly StoreDates[], rows: readonly DerivedRow[]): Promise<void> {
    return this.#database.write(async (session) => {
      const days = listValue([...daysOfWork(work)]);
      await session.run(
        `DELETE FROM ${table} WHERE concat(tenant, '/', store, '/', business_date) IN (SELECT unnest($1))`,
        [days],
      );
      await insertDerived(session, table, rows);
    });
  }

  addDerived(table: DerivedTable, rows: readonly DerivedRow[]): Promise<void> {
    return this.#database.write((session) => insertDerived(session, table, rows));
  }

  derived(
    table: DerivedTable,
    { tenant, store }: StoreInfo,
    { from, to }: DateRange,
    wish: ReadWish = {},
  ): Promise<readonly DerivedRow[]> {
    const where = "WHERE tenant = $1 AND store = $2 AND business_date BETWEEN $3::DATE AND $4::DATE";
    return readAs(this.#database, wish, (session) => derivedRows(session, table, where, [tenant, store, from, to]));
  }

  derivedOfStores(
    table: DerivedTable,
    work: readonly StoreDates[],
    wish: ReadWish = {},
  ): Promise<readonly DerivedRow[]> {
    const { from, to } = rangeOfWork(work);
    const where = `WHERE business_date BETWEEN $1::DATE AND $2::DATE
      AND concat(tenant, '/', store, '/', business_date) IN (SELECT unnest($3))`;
    const params = [from, to, listValue([...daysOfWork(work)])];
    if (work.length === 0) return Promise.resolve([]);
    return readAs(this.#database, wish, (session) => derivedRows(session, table, where, params));
  }

  noteChanged(reader: string, work: readonly StoreDates[]): Promise<void> {
    const rows = changedRows(reader, randomUUID(), work);
    return this.#database.write((session) => insertByColumns(session, "changed_date", CHANGED_COLUMNS, rows));
  }

  changedDates(reader: string, stores: readonly StoreInfo[]): Promise<ChangedDates> {
    return this.#database.read(async (session) => {
      const rows = await session.rows(
        `SELECT ${CHANGED_COLUMNS.map(textual).join(", ")} FROM changed_date WHERE reader = $1`,
        [reader],
      );
      return changedOf(rows, stores);
    });
  }

  forgetChanged(notes: readonly string[]): Promise<void> {
    return this.#database.write(async (session) => {
      await session.run("DELETE FROM changed_date WHERE note IN (SELECT unnest($1))", [listValue([...notes])]);
    });
  }
}

/** The rows of a derived table, or some of them, in the order of their columns. */
export async function derivedRows(
  session: Session,
  table: DerivedTable,
  where = "",
  params: readonly DuckDBValue[] = [],
): Promise<readonly DerivedRow[]> {
  const columns: readonly Column[] = DERIVED_COLUMNS[table];
  const order = columns.map(({ name }) => `${table}.${quoted(name)}`).join(", ");
  const sql = `SELECT ${columns.map(textual).join(", ")} FROM ${table} ${where} ORDER BY ${order}`;
  return (await session.rows(sql, [...params])).map((row) => derivedOf(row, columns));
}

/** Adds rows to a derived table, in the session's transaction. */
export function insertDerived(session: Session, table: DerivedTable, rows: readonly DerivedRow[]): Promise<void> {
  return insertByColumns(session, table, DERIVED_COLUMNS[table], rows);
}

/** Adds rows to a table whose columns all have a field in them, or none. */
export async function insertByColumns(
  session: Session,
  table: string,
  columns: readonly Column[],
  rows: readonly DerivedRow[],
): Promise<void> {
  for (let at = 0; at < rows.length; at += ROWS_AT_ONCE) {
    const texts = rows.slice(at, at + ROWS_AT_ONCE).map((row) => JSON.stringify(whole(row, columns)));
    await session.run(`INSERT INTO ${table} (${columnList(columns)}) ${selectFromJsonTexts(columns)}`, [
      listValue(texts),
    ]);
  }
}

/** With every column, as the reading of JSON wants it. */
const whole = (row: DerivedRow, columns: readonly Column[]) =>
  Object.fromEntries(columns.map(({ field }) => [field, row[field] ?? null]));

/** A column as it is read: times as texts. */
export function textual({ name, type }: Column): string {
  const format = TIMES[type];
  return format === undefined ? quoted(name) : `strftime(${quoted(name)}, '${format}') AS ${quoted(name)}`;
}
