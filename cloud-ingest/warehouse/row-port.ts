import { ROW_TABLE_NAMES, ROW_TABLES, type RowMessage, type RowTable } from "../../firmware-config/contract/row.ts";
import type { DateRange } from "../calendar.ts";
import { type Column, type ColumnType, columnsOf } from "./columns.ts";
import type { StoreInfo } from "./port.ts";

/** A valid row that no device sent. */
export interface SourceRow {
  readonly tenant: string;
  /** Empty: all stores of the tenant. */
  readonly store: string;
  /** The stores that it is about. */
  readonly stores: readonly StoreInfo[];
  readonly receivedAt: string;
  readonly row: RowMessage;
}

/** A row as a warehouse keeps it. */
export interface StoredRow {
  readonly tenant: string;
  /** Empty: all stores of the tenant. */
  readonly store: string;
  readonly key: string;
  readonly version: number;
  readonly date: string;
  readonly by: string;
  readonly receipt: string;
  /** RFC 3339 UTC. */
  readonly receivedAt: string;
  /** By the contract's fields; what was left out is left out. */
  readonly columns: Readonly<Record<string, string | number | boolean>>;
}

/** The name of a row within its table. */
export type RowKey = Pick<StoredRow, "tenant" | "store" | "key">;

/** Whose rows are read; an empty store: those of all of the tenant's stores. Left out, every tenant's. */
export type RowOwner = Pick<StoredRow, "tenant" | "store">;

/** Called by jobs, pages, commands, and whoever takes in rows. */
export interface RowStore {
  /** What holds of these dates: of each key its highest version, if that is of such a date. In the order of dates. */
  sourceRows(table: RowTable, range: DateRange, owner?: RowOwner): Promise<readonly StoredRow[]>;
  /** Every version that is kept of these keys. */
  rowVersions(table: RowTable, keys: readonly RowKey[]): Promise<readonly StoredRow[]>;
}

/** Keys in one question. */
export const ROW_KEYS_AT_ONCE = 2_000;

/** The table of the warehouse for rows of a table. */
export const rowTableName = (table: RowTable) => `row_${table}` as const;

const column = (name: string, type: ColumnType, field = name): Column => ({ name, field, type });

const COMMON: readonly Column[] = [
  column("tenant", "text"),
  column("store", "text"),
  column("business_date", "date", "businessDate"),
  column("key", "text"),
  column("version", "integer"),
  column("said_by", "text", "saidBy"),
  column("receipt", "text"),
  column("received_at", "timestamp", "receivedAt"),
];

/** Columns of each table of rows; like those of messages they come from the contract. */
export const ROW_COLUMNS: Readonly<Record<RowTable, readonly Column[]>> = byRowTable((table) => [
  ...COMMON,
  ...columnsOf(ROW_TABLES[table].properties),
]);

/** Something of each table of rows. */
export function byRowTable<T>(of: (table: RowTable) => T): Record<RowTable, T> {
  return {
    ...{ calendar: of("calendar"), correction: of("correction"), overrule: of("overrule") },
    regressor: of("regressor"),
  };
}

/** Columns by the name of the warehouse's table. */
export const ROW_TABLE_COLUMNS: ReadonlyMap<string, readonly Column[]> = new Map(
  ROW_TABLE_NAMES.map((table) => [rowTableName(table), ROW_COLUMNS[table]]),
);

/** Fields that every row has; the others are its table's. */
export const COMMON_FIELDS: ReadonlySet<string> = new Set(COMMON.map(({ field }) => field));
