import { addDays, type DateRange } from "../calendar.ts";
import type { ReadWish, StoreInfo, TrafficRow, TrafficStore } from "../warehouse/port.ts";
import { localDate, unsettledDates, windowsOf } from "./fresh-windows.ts";
import { hasFewHours, MAX_DAYS_SHOWN } from "./store-days.ts";
import type { StoreReport } from "./store-report.ts";

const DEFAULT_DAYS = 28;
const COMPARED_DAYS = 28;

/** Which report is wanted. */
export interface ReportRequest {
  readonly store: StoreInfo;
  /** The last 28 days when left out. */
  readonly range?: DateRange;
  readonly now: Date;
}

/** The four weeks up to today, by the store's own calendar. */
export function defaultRange(store: StoreInfo, now: Date): DateRange {
  const today = localDate(store, now);
  return { from: addDays(today, 1 - DEFAULT_DAYS), to: today };
}

/** Reads what a store's report is made of: hours only of its last days, and windows where the hours may lag or say little. */
export async function loadStoreReport(
  warehouse: TrafficStore,
  request: ReportRequest,
  wish?: ReadWish,
): Promise<StoreReport> {
  const { store, now } = request;
  const range = request.range ?? defaultRange(store, now);
  const shown = shownRange(range);
  const unsettled = await unsettledDates(warehouse, { store, now }, wish);
  const hourly = await warehouse.traffic(store, withHistory(shown), "hour", wish);
  const daily = await warehouse.traffic(store, withHistory(range), "day", wish);
  const dates = [...new Set([...unsettled, ...shortDates(hourly)])];
  const windows = await windowsOf(warehouse, { store, range: withHistory(shown), dates }, wish);
  const devices = await warehouse.devices(store, wish);
  return { store, range, hourly, daily, windows, devices, generatedAt: now };
}

function shownRange({ from, to }: DateRange): DateRange {
  return { from: [from, addDays(to, 1 - MAX_DAYS_SHOWN)].sort().at(-1) ?? from, to };
}

/** With the weeks before, which tell what to expect of its days. */
function withHistory({ from, to }: DateRange): DateRange {
  return { from: addDays(from, -COMPARED_DAYS), to };
}

/** The newest date of the hours when it has few of them: it is shown in finer steps. */
function shortDates(hourly: readonly TrafficRow[]): readonly string[] {
  const newest = hourly
    .map((row) => row.businessDate)
    .sort()
    .at(-1);
  const isShort = hasFewHours(hourly.filter((row) => row.businessDate === newest));
  return newest !== undefined && isShort ? [newest] : [];
}
