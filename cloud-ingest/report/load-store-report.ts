import { addDays, type DateRange } from "../calendar.ts";
import type { ReadWish, StoreInfo, TrafficStore } from "../warehouse/port.ts";
import { zoneOf } from "../zone/rules.ts";
import type { Premises } from "./occupancy/premises.ts";
import { hasFewHours, MAX_DAYS_SHOWN } from "./store-days.ts";
import type { StoreReport } from "./store-report.ts";
import { isSeen } from "./tally.ts";

const DEFAULT_DAYS = 28;
const COMPARED_DAYS = 28;

/** Two hours of seven lines at 10 s; a day with more windows is shown by the hour. Their rows block the thread for about 0.3 s. */
const MAX_WINDOWS = 5_040;

/** Which report is wanted. */
export interface ReportRequest {
  readonly store: StoreInfo;
  /** The last 28 days when left out. */
  readonly range?: DateRange;
  readonly now: Date;
  /** What is known of the shop beside its counts; left out: nothing. */
  readonly premises?: Premises;
}

/** The four weeks up to today, by the store's own calendar. */
export function defaultRange(store: StoreInfo, now: Date): DateRange {
  const today = zoneOf(store.timeZone).date(now.getTime());
  return { from: addDays(today, 1 - DEFAULT_DAYS), to: today };
}

/** Reads what a store's report is made of: hours of its last days only, days before, and windows where the hours say little. */
export async function loadStoreReport(
  warehouse: TrafficStore,
  request: ReportRequest,
  wish: ReadWish = {},
): Promise<StoreReport> {
  const { store, now, premises } = request;
  const range = request.range ?? defaultRange(store, now);
  const { from } = withHistory(shownRange(range));
  const hours = await warehouse.traffic(store, { from, to: addDays(range.to, 1) }, "hour", wish);
  const hourly = hours.filter(({ businessDate }) => businessDate <= range.to);
  const after = hours.filter(({ businessDate }) => businessDate > range.to);
  const daily = await warehouse.traffic(store, withHistory(range), "day", wish);
  const newest = await newestDate(warehouse, { store, hourly }, wish);
  const devices = await warehouse.devices(store, wish);
  // Asked last: a damaged file is found by reading it.
  const unreadable = await warehouse.unreadableDates(store, range, wish);
  const about = { ...newest, unreadable, devices, generatedAt: now, ...(premises && { premises }) };
  return { store, range, hourly, after, daily, ...about };
}

/** Of the newest date until when it was counted, and its windows when there are few hours of it: it is shown in finer steps. */
async function newestDate(
  warehouse: TrafficStore,
  { store, hourly }: Pick<StoreReport, "store" | "hourly">,
  wish?: ReadWish,
): Promise<Pick<StoreReport, "windows" | "seenUntil">> {
  const seen = hourly.filter(isSeen);
  const date = seen
    .map((row) => row.businessDate)
    .sort()
    .at(-1);
  if (date === undefined) return { windows: [] };
  const { windows: count, ...until } = await warehouse.windowsSum(store, { from: date, to: date }, wish);
  const isShort = count <= MAX_WINDOWS && hasFewHours(seen.filter((row) => row.businessDate === date));
  const windows = isShort ? await warehouse.traffic(store, { from: date, to: date }, "window", wish) : [];
  return { windows, ...until };
}

function shownRange({ from, to }: DateRange): DateRange {
  return { from: [from, addDays(to, 1 - MAX_DAYS_SHOWN)].sort().at(-1) ?? from, to };
}

/** With the weeks before, which tell what to expect of its days. */
function withHistory({ from, to }: DateRange): DateRange {
  return { from: addDays(from, -COMPARED_DAYS), to };
}
