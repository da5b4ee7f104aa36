import { addDays, type DateRange, datesOf } from "../calendar.ts";
import { groupBy } from "../group-by.ts";
import type { TrafficRow } from "../warehouse/port.ts";
import { daysOf, fillDates, hoursOf } from "./aggregate.ts";
import type { Slot } from "./slots.ts";
import type { StorePageData } from "./store-page-data.ts";
import { sumTally } from "./tally.ts";
import { type Target, targetKeyOf, targetsOf } from "./targets.ts";

const MAX_DAYS = 62;
const MAX_WEEKS_DAYS = 3 * 366;

/** How a period is cut: into days, weeks from Monday or months. */
export type PeriodUnit = "day" | "week" | "month";

/** A period of one line or zone. */
export interface TargetPeriod {
  readonly target: Target;
  readonly slots: readonly Slot[];
}

export interface Period {
  readonly unit: PeriodUnit;
  /** The range without the days before the first and after the last count. */
  readonly range: DateRange;
  readonly targets: readonly TargetPeriod[];
}

/** The days, weeks or months of the range; undefined when only one day has counts. */
export function periodOf(data: StorePageData): Period | undefined {
  const hours = fillDates(data.hourly, hoursOf(data.windows));
  const isInside = ({ businessDate: date }: TrafficRow) => data.range.from <= date && date <= data.range.to;
  const rows = fillDates(data.daily, daysOf(hours)).filter(isInside);
  const dates = rows.map((row) => row.businessDate).sort();
  const [from, to] = [dates[0], dates.at(-1)];
  return from === undefined || to === undefined || from === to ? undefined : cutPeriod({ from, to }, rows);
}

function cutPeriod(range: DateRange, rows: readonly TrafficRow[]): Period {
  const dates = datesOf(range);
  const unit = unitOf(dates.length);
  const starts = [...new Set(dates.map((date) => startOfUnit(date, unit)))];
  const byTarget = groupBy(rows, targetKeyOf);
  const targets = targetsOf(rows).map((target) => {
    const own = groupBy(byTarget.get(target.key) ?? [], (row) => startOfUnit(row.businessDate, unit));
    return { target, slots: starts.map((start) => slotOf(start, own.get(start) ?? [])) };
  });
  return { unit, range, targets };
}

function slotOf(start: string, rows: readonly TrafficRow[]): Slot {
  const tally = sumTally(rows);
  const sawSomething = tally.observedS > 0 || tally.in + tally.out + tally.visits > 0;
  const state = sawSomething ? "observed" : "none";
  return { start: `${start}T00:00:00`, lengthS: 86_400, state, tally };
}

function unitOf(days: number): PeriodUnit {
  if (days <= MAX_DAYS) return "day";
  return days <= MAX_WEEKS_DAYS ? "week" : "month";
}

function startOfUnit(date: string, unit: PeriodUnit): string {
  if (unit === "day") return date;
  if (unit === "month") return `${date.slice(0, 7)}-01`;
  const sinceMonday = (new Date(date).getUTCDay() + 6) % 7;
  return addDays(date, -sinceMonday);
}
