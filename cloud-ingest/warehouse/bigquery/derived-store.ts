import { randomUUID } from "node:crypto";
import type { DateRange } from "../../calendar.ts";
import { groupBy } from "../../group-by.ts";
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
import type { Appenders } from "./appenders.ts";
import type { BigQueryClient, ParameterTypes, Statement } from "./big-query-client.ts";
import { columnList, quoted, SQL_TYPES } from "./tables.ts";

/** Rows in the parameters of one statement: about a megabyte of the ten that a request may have. */
const ROWS_AT_ONCE = 2_000;
/** Dates in the parameters of one statement. */
const DAYS_AT_ONCE = 4_000;

/** How values go out as texts, which are the only times that the client hands on unharmed. */
const OUT: Readonly<Record<string, (name: string) => string>> = {
  date: (name) => `CAST(${name} AS STRING)`,
  "local-time": (name) => `FORMAT_DATETIME('%Y-%m-%dT%H:%M:%S', ${name})`,
};
/** The types that go in as texts. */
const AS_TEXT: readonly string[] = ["date", "local-time", "timestamp"];

/** Rows that jobs make of counts, in small tables clustered by store. */
export class BigQueryDerivedStore implements DerivedStore {
  readonly #client: BigQueryClient;
  readonly #appenders: Appenders;

  constructor(client: BigQueryClient, appenders: Appenders) {
    this.#client = client;
    this.#appenders = appenders;
  }

  async replaceDerived(table: DerivedTable, work: readonly StoreDates[], rows: readonly DerivedRow[]): Promise<void> {
    const byDay = groupBy(rows, (row): string => `${row.tenant}/${row.store}/${row.businessDate}`);
    for (const days of portionsOf(daysOfWork(work), byDay)) {
      const some = days.flatMap((day) => byDay.get(day) ?? []);
      await this.#client.change(replacement(table, days, some));
    }
  }

  async addDerived(table: DerivedTable, rows: readonly DerivedRow[]): Promise<void> {
    if (rows.length > 0) await this.#appenders.append(table, rows);
  }

  async derived(
    table: DerivedTable,
    { tenant, store }: StoreInfo,
    { from, to }: DateRange,
    wish: ReadWish = {},
  ): Promise<readonly DerivedRow[]> {
    const where = `WHERE tenant = @tenant AND store = @store
AND business_date BETWEEN CAST(@from AS DATE) AND CAST(@to AS DATE)`;
    return derivedRows(this.#client, table, { where, params: { tenant, store, from, to }, wish });
  }

  async derivedOfStores(
    table: DerivedTable,
    work: readonly StoreDates[],
    wish: ReadWish = {},
  ): Promise<readonly DerivedRow[]> {
    const days = daysOfWork(work);
    if (days.length === 0) return [];
    const { from, to } = rangeOfWork(work);
    const where = `WHERE business_date BETWEEN CAST(@from AS DATE) AND CAST(@to AS DATE)
AND CONCAT(tenant, '/', store, '/', CAST(business_date AS STRING)) IN UNNEST(@days)`;
    return derivedRows(this.#client, table, { where, params: { from, to, days }, types: { days: ["STRING"] }, wish });
  }

  async noteChanged(reader: string, work: readonly StoreDates[]): Promise<void> {
    const rows = changedRows(reader, randomUUID(), work);
    if (rows.length > 0) await this.#appenders.append("changed_date", rows);
  }

  async changedDates(reader: string, stores: readonly StoreInfo[]): Promise<ChangedDates> {
    const sql = `SELECT ${CHANGED_COLUMNS.map(textual).join(", ")} FROM changed_date AS t WHERE reader = @reader`;
    return changedOf(await this.#client.rows({ sql, params: { reader } }), stores);
  }

  async forgetChanged(notes: readonly string[]): Promise<void> {
    if (notes.length === 0) return;
    const sql = "DELETE FROM changed_date WHERE note IN UNNEST(@notes)";
    await this.#client.change({ sql, params: { notes: [...notes] }, types: { notes: ["STRING"] } });
  }
}

interface Choice {
  readonly where?: string;
  readonly params?: NonNullable<Statement["params"]>;
  readonly types?: ParameterTypes;
  readonly wish?: ReadWish;
}

/** The rows of a derived table, or some of them, in the order of their columns. */
export async function derivedRows(
  client: BigQueryClient,
  table: DerivedTable,
  { where = "", params = {}, types = {}, wish = {} }: Choice = {},
): Promise<readonly DerivedRow[]> {
  const columns: readonly Column[] = DERIVED_COLUMNS[table];
  const order = columns.map(({ name }) => `t.${quoted(name)}`).join(", ");
  const sql = `SELECT ${columns.map(textual).join(", ")} FROM ${table} AS t ${where} ORDER BY ${order}`;
  return (await client.rows({ sql, params, types }, wish)).map((row) => derivedOf(row, columns));
}

/** Days with as many rows as one statement takes. */
function* portionsOf(
  days: readonly string[],
  rows: ReadonlyMap<string, readonly DerivedRow[]>,
): Generator<readonly string[]> {
  let portion: string[] = [];
  let count = 0;
  for (const day of days) {
    const more = rows.get(day)?.length ?? 0;
    if (portion.length > 0 && (count + more > ROWS_AT_ONCE || portion.length >= DAYS_AT_ONCE)) {
      yield portion;
      portion = [];
      count = 0;
    }
    portion.push(day);
    count += more;
  }
  if (portion.length > 0) yield portion;
}

/** Takes the days' rows out and puts the new ones in, in one statement. */
function replacement(table: DerivedTable, days: readonly string[], rows: readonly DerivedRow[]) {
  const columns: readonly Column[] = DERIVED_COLUMNS[table];
  const struct = Object.fromEntries(columns.map((one) => [one.name, parameterType(one)]));
  const values = rows.map((row) => Object.fromEntries(columns.map(({ name, field }) => [name, row[field] ?? null])));
  const sql = `MERGE ${table} AS t USING (SELECT ${columns.map(typed).join(", ")} FROM UNNEST(@rows) AS r) AS s ON FALSE
WHEN NOT MATCHED BY SOURCE AND CONCAT(t.tenant, '/', t.store, '/', CAST(t.business_date AS STRING)) IN UNNEST(@days) THEN DELETE
WHEN NOT MATCHED THEN INSERT (${columnList(columns)}) VALUES (${columnList(columns)})`;
  return { sql, params: { days: [...days], rows: values }, types: { days: ["STRING"], rows: [struct] } };
}

const parameterType = ({ type }: Column) => (AS_TEXT.includes(type) ? "STRING" : SQL_TYPES[type]);

const typed = ({ name, type }: Column) =>
  AS_TEXT.includes(type)
    ? `CAST(r.${quoted(name)} AS ${SQL_TYPES[type]}) AS ${quoted(name)}`
    : `r.${quoted(name)} AS ${quoted(name)}`;

/** A column as it is read: dates and local times as texts. */
export function textual({ name, type }: Column): string {
  const out = OUT[type];
  return out ? `${out(`t.${quoted(name)}`)} AS ${quoted(name)}` : `t.${quoted(name)}`;
}
