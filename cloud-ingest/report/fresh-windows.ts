import type { DateRange } from "../calendar.ts";
import type { ReadWish, StoreInfo, TrafficRow, TrafficStore } from "../warehouse/port.ts";
import { zoneOf } from "../zone/rules.ts";

/** Windows of more dates are not read at once: a roll-up so late is a fault of its own. */
const MAX_DATES = 31;

/** The store's date at an instant. */
export function localDate({ timeZone }: StoreInfo, now: Date): string {
  return zoneOf(timeZone).date(now.getTime());
}

/** Dates of which the roll-up may lag behind the counts: today and those with counts that came after it; newest last. */
export async function unsettledDates(
  warehouse: TrafficStore,
  { store, now }: { readonly store: StoreInfo; readonly now: Date },
  wish?: ReadWish,
): Promise<readonly string[]> {
  const dates = new Set([...(await warehouse.staleDates(store, wish)), localDate(store, now)]);
  return [...dates].sort().slice(-MAX_DATES);
}

/** All windows of those of the dates that lie in the range. */
export async function windowsOf(
  warehouse: TrafficStore,
  { store, range, dates }: { readonly store: StoreInfo; readonly range: DateRange; readonly dates: readonly string[] },
  wish?: ReadWish,
): Promise<readonly TrafficRow[]> {
  const windows: TrafficRow[] = [];
  for (const date of dates) {
    if (date < range.from || date > range.to) continue;
    windows.push(...(await warehouse.traffic(store, { from: date, to: date }, "window", wish)));
  }
  return windows;
}
