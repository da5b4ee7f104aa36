import { addDays, type DateRange, FIRST_DATE, LAST_DATE } from "../../calendar.ts";
import { checkDate, checkRange } from "./check-plan.ts";
import { type LogicalTable, PARTITIONINGS, type PartitionUnit } from "./partitioning.ts";

/** Years of an era, the span of an older table: a decade of days (3,653 partitions), a century of months (1,200). */
const ERA_YEARS: Readonly<Record<PartitionUnit, number>> = { day: 10, month: 100 };

/** Whole years after the present one that the main table holds: no date that can be streamed moves while it can be. */
const YEARS_AHEAD = 2;

/** The dates of a range that lie in one table of the warehouse. */
export interface TableSlice {
  /** Its name in the dataset: `counts`, `counts_1990s`. */
  readonly table: string;
  readonly range: DateRange;
}

/**
 * The dates in the main table while `today` is the day: the present era, the one before and two years ahead. That is at most
 * 2 x 10 + 2 years = 8,036 days, or 2 x 100 + 2 years = 2,424 months; it changes only with the year.
 */
export function mainSpan(table: LogicalTable, today: string): DateRange {
  checkDate(today);
  const { unit } = PARTITIONINGS[table];
  const from = yearText(eraOf(today, unit) - ERA_YEARS[unit]);
  return { from: later(`${from}-01-01`, FIRST_DATE), to: `${yearText(yearOf(today) + YEARS_AHEAD)}-12-31` };
}

/** The table that holds a date while `today` is the day: the main one, or that of the date's era such as `counts_1990s`. */
export function tableFor(table: LogicalTable, date: string, today: string): string {
  checkDate(date);
  return isWithin(date, mainSpan(table, today)) ? table : `${table}_${eraOf(date, PARTITIONINGS[table].unit)}s`;
}

/** Which tables hold the dates of a range while `today` is the day, oldest first; together they hold each date once. */
export function tablesOf(table: LogicalTable, range: DateRange, today: string): readonly TableSlice[] {
  checkRange(range);
  const slices: TableSlice[] = [];
  for (let from: string | undefined = range.from; from !== undefined; ) {
    const to = earlier(lastBeside(table, from, today), range.to);
    slices.push({ table: tableFor(table, from, today), range: { from, to } });
    from = to < range.to ? addDays(to, 1) : undefined;
  }
  return slices;
}

/** The last date that is in the same table as `date` without a gap. */
function lastBeside(table: LogicalTable, date: string, today: string): string {
  const main = mainSpan(table, today);
  if (isWithin(date, main)) return main.to;
  const { unit } = PARTITIONINGS[table];
  return `${yearText(eraOf(date, unit) + ERA_YEARS[unit] - 1)}-12-31`;
}

/** The year of a date. */
export function yearOf(date: string): number {
  return Number(date.slice(0, 4));
}

/** The first year of the era of a date. */
function eraOf(date: string, unit: PartitionUnit): number {
  return yearOf(date) - (yearOf(date) % ERA_YEARS[unit]);
}

const yearText = (year: number) => String(Math.min(year, yearOf(LAST_DATE))).padStart(4, "0");
const isWithin = (date: string, { from, to }: DateRange) => from <= date && date <= to;
const earlier = (a: string, b: string) => (a < b ? a : b);
const later = (a: string, b: string) => (a > b ? a : b);
