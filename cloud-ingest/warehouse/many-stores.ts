import { storeKey } from "../../firmware-config/contract/topics.ts";
import type { DateRange } from "../calendar.ts";
import { groupBy } from "../group-by.ts";
import type { StoreDates, StoreInfo, StoreTraffic } from "./port.ts";
import { trafficOf } from "./read-rows.ts";
import { type Row, textOf } from "./row.ts";

// What questions about many stores at once have in common, whichever driver asks them.

/** From the first date of the work to the last; an empty range of none. */
export function rangeOfWork(work: readonly StoreDates[]): DateRange {
  const dates = [...new Set(work.flatMap((one) => one.dates))].sort();
  return { from: dates[0] ?? "9999-12-31", to: dates.at(-1) ?? "0001-01-01" };
}

/** The dates of `some` that `work` has too and that `isGood`, of stores with any. */
export function common(
  some: readonly StoreDates[],
  work: readonly StoreDates[],
  isGood: (date: string) => boolean,
): readonly StoreDates[] {
  const asked = new Map(work.map(({ store, dates }) => [storeKey(store), new Set(dates)]));
  return kept(some, (store, date) => asked.get(storeKey(store))?.has(date) === true && isGood(date));
}

/** The dates of the work in a range, of stores with any. */
export const within = (work: readonly StoreDates[], { from, to }: DateRange): readonly StoreDates[] =>
  kept(work, (_, date) => from <= date && date <= to);

/** Rows of many stores' hours or days by store, in the order of the stores. */
export function byStore(stores: readonly StoreInfo[], rows: readonly Row[]): readonly StoreTraffic[] {
  const groups = groupBy(rows, (row): string => `${textOf(row, "tenant")}/${textOf(row, "store")}`);
  return stores.flatMap((store) => {
    const own = groups.get(storeKey(store)) ?? [];
    return own.length > 0 ? [{ store, rows: own.map((row) => trafficOf(row, textOf(row, "target_id"))) }] : [];
  });
}

function kept(work: readonly StoreDates[], isKept: (store: StoreInfo, date: string) => boolean): readonly StoreDates[] {
  return work.flatMap(({ store, dates }) => {
    const own = dates.filter((date) => isKept(store, date));
    return own.length > 0 ? [{ store, dates: own }] : [];
  });
}
