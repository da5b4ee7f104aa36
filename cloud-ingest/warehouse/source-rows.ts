import { ROW_TABLE_NAMES, type RowMessage, type RowTable } from "../../firmware-config/contract/row.ts";
import { type DateRange, datesOf } from "../calendar.ts";
import { groupBy } from "../group-by.ts";
import type { DerivedRow } from "./derived-port.ts";
import { derivedOf } from "./derived-rows.ts";
import type { RefusedRow, StoreDates } from "./port.ts";
import type { Row } from "./row.ts";
import { COMMON_FIELDS, ROW_COLUMNS, type RowKey, type SourceRow, type StoredRow } from "./row-port.ts";

// What rows that no device sent come to, whichever driver keeps them.

/** The jobs that look again at dates of which a row speaks. */
export const ROW_READERS = ["quality"] as const;

/** What is to be done with the rows of a batch. */
export interface SettledRows {
  /** New ones, each once. */
  readonly fresh: readonly SourceRow[];
  readonly duplicate: number;
  /** By their place in the batch's rows. */
  readonly refused: readonly RefusedRow[];
  /** Dates that have another word on them now, by store. */
  readonly reopened: readonly StoreDates[];
}

const NO_ROWS: SettledRows = { fresh: [], duplicate: 0, refused: [], reopened: [] };

/** What is to be done with rows; `versionsOf` gives every version of keys that a table holds. */
export async function settledBy(
  rows: readonly SourceRow[],
  versionsOf: (table: RowTable, keys: readonly RowKey[]) => Promise<readonly StoredRow[]>,
): Promise<SettledRows> {
  if (rows.length === 0) return NO_ROWS;
  const known = new Map<RowTable, readonly StoredRow[]>();
  for (const [table, keys] of keysOfRows(rows)) known.set(table, await versionsOf(table, keys));
  return settleRows(rows, known);
}

/**
 * Sets rows beside the versions that are there: a version that is there or older changes nothing; the same version that says
 * something else is refused, for nobody can tell which of the two is meant.
 */
export function settleRows(
  rows: readonly SourceRow[],
  known: ReadonlyMap<RowTable, readonly StoredRow[]>,
): SettledRows {
  const versions = new Map<string, Map<number, Content>>();
  for (const [table, some] of known) for (const one of some) noteVersion(versions, keyText(table, one), one);
  const fresh: SourceRow[] = [];
  const refused: RefusedRow[] = [];
  const reopened: StoreDates[] = [];
  let duplicate = 0;
  rows.forEach((one, index) => {
    const { row } = one;
    const key = keyText(row.table, keyOf(one));
    const before = versions.get(key);
    const fate = fateOf(row, before);
    if (fate === "duplicate") {
      duplicate += 1;
      // The same sending again: whoever stored it may have died before the dates were told.
      if (before?.get(row.version)?.receipt === row.receipt) reopened.push(...reopenedBy(one, []));
    } else if (fate !== "fresh") refused.push({ index, reason: fate });
    else {
      const last = before?.get(highestOf(before));
      reopened.push(...reopenedBy(one, last ? datesOfRow(row.table, last) : []));
      fresh.push(one);
      noteVersion(versions, key, row);
    }
  });
  return { fresh, duplicate, refused, reopened };
}

/** For those who judge counts, the dates of a row and those that it spoke of before, of each store that it is about. */
function reopenedBy({ stores, row }: SourceRow, before: readonly string[]): readonly StoreDates[] {
  // No count is judged by a number beside it, and years of weather would have all of them judged again.
  if (row.table === "regressor") return [];
  const dates = [...new Set([...datesOfRow(row.table, row), ...before])].sort();
  return stores.map((store) => ({ store, dates }));
}

/** What became of a row, as far as the versions that are kept of its key tell; undefined while they do not. */
export function outcomeOf(
  row: RowMessage,
  versions: readonly StoredRow[],
): "stored" | "duplicate" | { readonly refused: string } | undefined {
  const byVersion = new Map<string, Map<number, Content>>();
  for (const one of versions) noteVersion(byVersion, "", one);
  const fate = fateOf(row, byVersion.get(""));
  if (fate === "fresh") return undefined;
  if (fate !== "duplicate") return { refused: fate };
  return versions.some(({ receipt }) => receipt === row.receipt) ? "stored" : "duplicate";
}

type Content = Pick<StoredRow, "date" | "columns" | "receipt">;

/** The first that came of a version is the one, wherever several processes store. */
function noteVersion(versions: Map<string, Map<number, Content>>, key: string, one: Content & { version: number }) {
  const own = versions.get(key) ?? new Map<number, Content>();
  versions.set(key, own);
  if (!own.has(one.version)) own.set(one.version, one);
}

/** `fresh`, `duplicate`, or why it is refused. */
function fateOf(row: RowMessage, known: ReadonlyMap<number, Content> | undefined): string {
  const same = known?.get(row.version);
  if (same) {
    const differing = differenceOf(row, same);
    return differing.length === 0
      ? "duplicate"
      : `this version of the key is there and says otherwise of ${differing.join(", ")}`;
  }
  return known && highestOf(known) > row.version ? "duplicate" : "fresh";
}

/** One key may have more versions than a call has arguments. */
function highestOf(versions: ReadonlyMap<number, Content>): number {
  let highest = -1;
  for (const version of versions.keys()) highest = Math.max(highest, version);
  return highest;
}

/** Names of what differs; who said it, and when, are no part of what is said. */
function differenceOf(a: Content, b: Content): readonly string[] {
  const [one, other]: readonly Readonly<Record<string, unknown>>[] = [a.columns, b.columns];
  const names = new Set([...Object.keys(one ?? {}), ...Object.keys(other ?? {})]);
  const differing = [...names].filter((name) => one?.[name] !== other?.[name]).sort();
  return a.date === b.date ? differing : ["date", ...differing];
}

/** The business dates that a row speaks of. */
export function datesOfRow(table: RowTable, { date, columns }: Omit<Content, "receipt">): readonly string[] {
  const { to }: Readonly<Record<string, unknown>> = columns;
  if (table !== "overrule" || typeof to !== "string") return [date];
  return datesOf({ from: date, to });
}

/** Keys of the batch, by table. */
function keysOfRows(rows: readonly SourceRow[]): ReadonlyMap<RowTable, readonly RowKey[]> {
  const byTable = groupBy(rows, ({ row }) => row.table);
  return new Map(
    ROW_TABLE_NAMES.flatMap((table) => {
      const own = byTable.get(table);
      if (!own) return [];
      return [[table, [...new Map(own.map((one) => [keyText(table, keyOf(one)), keyOf(one)])).values()]] as const];
    }),
  );
}

const keyOf = ({ tenant, store, row: { key } }: SourceRow): RowKey => ({ tenant, store, key });

/** One text for a key, such as no two have: a slash is in no name of a tenant or store. */
export const keyTextOf = ({ tenant, store, key }: RowKey) => `${tenant}/${store}/${key}`;

const keyText = (table: RowTable, key: RowKey) => `${table}/${keyTextOf(key)}`;

/** What fills the columns of the row's table. */
export function rowFields({ tenant, store, receivedAt, row }: SourceRow): DerivedRow {
  const { date: businessDate, key, version, by: saidBy, receipt, columns } = row;
  return { tenant, store, businessDate, key, version, saidBy, receipt, receivedAt, ...columns };
}

/** A row of a result as a warehouse gives it. */
export function storedRowOf(found: Row, table: RowTable): StoredRow {
  const fields = derivedOf(found, ROW_COLUMNS[table]);
  const text = (name: string) => String(fields[name] ?? "");
  const columns: Record<string, string | number | boolean> = {};
  for (const [name, value] of Object.entries(fields))
    if (!COMMON_FIELDS.has(name) && value !== null) columns[name] = value;
  return {
    ...{ tenant: text("tenant"), store: text("store"), key: text("key"), version: Number(fields.version ?? 0) },
    ...{ date: text("businessDate"), by: text("saidBy"), receipt: text("receipt"), receivedAt: text("receivedAt") },
    columns,
  };
}

/** Business dates of all rows that there can be. */
export const ALL_DATES: DateRange = { from: "1970-01-01", to: "2499-12-31" };
