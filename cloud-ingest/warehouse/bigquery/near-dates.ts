import { type DateRange, FIRST_DATE, isDate } from "../../calendar.ts";
import { around } from "../dates.ts";
import { PLANNED_PARTITIONS } from "../partitions/limits.ts";
import { PARTITIONINGS } from "../partitions/partitioning.ts";
import { planDates } from "../partitions/plan-dates.ts";

/** Business dates whose windows one statement reads: with their neighbours they stay below what a plan allows. */
export const DATES_AT_ONCE = PLANNED_PARTITIONS - 10;

/** Picks the windows that may be of these business dates, at most `DATES_AT_ONCE` of them. */
export function nearCondition(dates: readonly string[]): string {
  const [part] = planDates(around(dates).filter(isDate), PARTITIONINGS.counts);
  return part?.condition ?? "FALSE";
}

/** The dates of a range that partitions may have; undefined when there are none. */
export function plannable({ from, to }: DateRange): DateRange | undefined {
  const first = from < FIRST_DATE ? FIRST_DATE : from;
  return first <= to ? { from: first, to } : undefined;
}
