import { addDays, type DateRange, datesOf, wallClock } from "../calendar.ts";
import type { StoreInfo, TrafficRow, TrafficStore } from "../warehouse/port.ts";
import { hasFewHours, MAX_DAYS_SHOWN } from "./store-days.ts";
import type { PageLinks, StorePageData } from "./store-page-data.ts";

const DEFAULT_DAYS = 28;
const COMPARED_DAYS = 28;

/** Which page is wanted. */
export interface PageRequest {
  readonly store: StoreInfo;
  /** The last 28 days when left out. */
  readonly range?: DateRange;
  readonly now: Date;
  readonly links?: PageLinks;
}

/** The four weeks up to today, by the store's own calendar. */
export function defaultRange(store: StoreInfo, now: Date): DateRange {
  const today = wallClock(store.timeZone)(now.getTime()).slice(0, 10);
  return { from: addDays(today, 1 - DEFAULT_DAYS), to: today };
}

/** Reads what a store's page shows; hours only of its last days, windows only where hours would say little. */
export async function loadStorePage(warehouse: TrafficStore, request: PageRequest): Promise<StorePageData> {
  const { store, now, links } = request;
  const range = request.range ?? defaultRange(store, now);
  const shown = shownRange(range);
  const hourly = await warehouse.traffic(store, { ...shown, from: addDays(shown.from, -COMPARED_DAYS) }, "hour");
  const daily = await warehouse.traffic(store, range, "day");
  const windows = await fineWindows(warehouse, request, { shown, hourly });
  const devices = await warehouse.devices(store);
  return { store, range, hourly, daily, windows, devices, generatedAt: now, ...(links && { links }) };
}

function shownRange(range: DateRange): DateRange {
  const [from = range.from] = datesOf({ from: addDays(range.to, 1 - MAX_DAYS_SHOWN), to: range.to }).filter(
    (date) => date >= range.from,
  );
  return { from, to: range.to };
}

interface Shown {
  readonly shown: DateRange;
  readonly hourly: readonly TrafficRow[];
}

async function fineWindows(warehouse: TrafficStore, request: PageRequest, { shown, hourly }: Shown) {
  const today = defaultRange(request.store, request.now).to;
  const newest =
    hourly
      .map((row) => row.businessDate)
      .sort()
      .at(-1) ?? "";
  const candidates = new Set([newest, today].filter((date) => shown.from <= date && date <= shown.to));
  const windows: TrafficRow[] = [];
  for (const date of candidates) {
    if (!hasFewHours(hourly.filter((row) => row.businessDate === date))) continue;
    windows.push(...(await warehouse.traffic(request.store, { from: date, to: date }, "window")));
  }
  return windows;
}
