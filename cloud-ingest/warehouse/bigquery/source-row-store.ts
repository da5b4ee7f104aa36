import { randomUUID } from "node:crypto";
import { ROW_TABLE_NAMES, type RowTable } from "../../../firmware-config/contract/row.ts";
import type { DateRange } from "../../calendar.ts";
import { groupBy } from "../../group-by.ts";
import type { DerivedRow } from "../derived-port.ts";
import { changedRows, derivedOf } from "../derived-rows.ts";
import {
  byRowTable,
  ROW_COLUMNS,
  ROW_KEYS_AT_ONCE,
  type RowKey,
  type RowOwner,
  type RowStore,
  rowTableName,
  type SourceRow,
  type StoredRow,
} from "../row-port.ts";
import { keyTextOf, ROW_READERS, rowFields, type SettledRows, settledBy, storedRowOf } from "../source-rows.ts";
import type { Appenders } from "./appenders.ts";
import type { BigQueryClient, ParameterTypes } from "./big-query-client.ts";
import { textual } from "./derived-store.ts";

const KEYS: ParameterTypes = { keys: ["STRING"] };

/** Every version of every row, for another warehouse; one that came twice is there twice. */
export async function allRows(client: BigQueryClient): Promise<Record<RowTable, readonly DerivedRow[]>> {
  const found = byRowTable<readonly DerivedRow[]>(() => []);
  for (const table of ROW_TABLE_NAMES) {
    const rows = await client.rows({ sql: `SELECT ${columnsOf(table)} FROM ${rowTableName(table)} AS t` });
    found[table] = rows.map((row) => derivedOf(row, ROW_COLUMNS[table]));
  }
  return found;
}

/** Rows that no device sent, in small tables clustered by store and key. */
export class BigQueryRowStore implements RowStore {
  readonly #client: BigQueryClient;
  readonly #appenders: Appenders;

  constructor(client: BigQueryClient, appenders: Appenders) {
    this.#client = client;
    this.#appenders = appenders;
  }

  /** The first that came of the highest version of each key: one that came twice is seen once. */
  async sourceRows(table: RowTable, { from, to }: DateRange, owner?: RowOwner): Promise<readonly StoredRow[]> {
    const where = owner ? "tenant = @tenant AND store = @store" : "TRUE";
    const sql = `SELECT ${columnsOf(table)} FROM (SELECT * FROM ${rowTableName(table)}
WHERE ${where} QUALIFY ROW_NUMBER() OVER (PARTITION BY tenant, store, \`key\` ORDER BY version DESC, received_at, receipt) = 1) AS t
WHERE t.business_date BETWEEN CAST(@from AS DATE) AND CAST(@to AS DATE) ORDER BY t.business_date, t.received_at, t.\`key\``;
    const params = { from, to, ...(owner && { tenant: owner.tenant, store: owner.store }) };
    return (await this.#client.rows({ sql, params })).map((row) => storedRowOf(row, table));
  }

  async rowVersions(table: RowTable, keys: readonly RowKey[]): Promise<readonly StoredRow[]> {
    const sql = `SELECT ${columnsOf(table)} FROM ${rowTableName(table)} AS t
WHERE CONCAT(t.tenant, '/', t.store, '/', t.\`key\`) IN UNNEST(@keys) ORDER BY t.version, t.received_at, t.receipt`;
    const found: StoredRow[] = [];
    for (let at = 0; at < keys.length; at += ROW_KEYS_AT_ONCE) {
      const params = { keys: keys.slice(at, at + ROW_KEYS_AT_ONCE).map(keyTextOf) };
      const rows = await this.#client.rows({ sql, params, types: KEYS });
      found.push(...rows.map((row) => storedRowOf(row, table)));
    }
    return found;
  }

  /** What is to be done with rows, by what the tables hold. */
  settled(rows: readonly SourceRow[]): Promise<SettledRows> {
    return settledBy(rows, (table, keys) => this.rowVersions(table, keys));
  }

  /** Rows first, then who judges their dates is told: whoever sees a note sees the rows. */
  async append({ fresh, reopened }: SettledRows): Promise<void> {
    for (const [table, some] of groupBy(fresh, ({ row }) => row.table))
      await this.#appenders.append(rowTableName(table), some.map(rowFields));
    for (const reader of ROW_READERS) {
      const notes = changedRows(reader, randomUUID(), reopened);
      if (notes.length > 0) await this.#appenders.append("changed_date", notes);
    }
  }
}

const columnsOf = (table: RowTable) => ROW_COLUMNS[table].map(textual).join(", ");
