import { storeKey } from "../../firmware-config/contract/topics.ts";
import { groupBy } from "../group-by.ts";
import type { Column } from "./columns.ts";
import type { ChangedDates, DerivedRow } from "./derived-port.ts";
import type { StoreDates, StoreInfo } from "./port.ts";
import { type Row, textOf, timeOf } from "./row.ts";

// What rows of derived tables say, whichever driver reads them.

/** A row by its columns' fields. */
export function derivedOf(row: Row, columns: readonly Column[]): DerivedRow {
  return Object.fromEntries(columns.map((column) => [column.field, cellOf(row, column)]));
}

function cellOf(row: Row, { name, type }: Column): string | number | boolean | null {
  const value = row[name];
  if (value === null || value === undefined) return null;
  if (type === "boolean") return value === true;
  if (type === "integer" || type === "number") return Number(value);
  return type === "timestamp" ? timeOf(row, name) : textOf(row, name);
}

/** `tenant/store/YYYY-MM-DD` of every date of the work, once. */
export function daysOfWork(work: readonly StoreDates[]): readonly string[] {
  return [
    ...new Set(work.flatMap(({ store, dates }) => dates.map((date) => `${store.tenant}/${store.store}/${date}`))),
  ];
}

/** A note for each date of the work. */
export function changedRows(reader: string, note: string, work: readonly StoreDates[]): readonly DerivedRow[] {
  return work.flatMap(({ store: { tenant, store }, dates }) =>
    dates.map((businessDate) => ({ note, reader, tenant, store, businessDate })),
  );
}

/** What rows of `changed_date` come to, of the stores that are asked for. */
export function changedOf(rows: readonly Row[], stores: readonly StoreInfo[]): ChangedDates {
  const byStore = groupBy(rows, keyOf);
  const asked = stores.flatMap((store) => {
    const own = byStore.get(storeKey(store)) ?? [];
    const dates = [...new Set(own.map((row) => textOf(row, "business_date")))].sort();
    return dates.length > 0 ? [{ store, dates }] : [];
  });
  const known = new Set(asked.map(({ store }) => storeKey(store)));
  const notes = rows.filter((row) => known.has(keyOf(row))).map((row) => textOf(row, "note"));
  return { work: asked, notes: [...new Set(notes)] };
}

const keyOf = (row: Row): string => `${textOf(row, "tenant")}/${textOf(row, "store")}`;
