import { addDays, dateOfMs, FIRST_DATE } from "../../calendar.ts";
import type { DataRow, RefusedRow } from "../port.ts";
import type { BigQueryConfig } from "./bigquery-config.ts";

/**
 * Days before counts expire in which nothing is made of them any more: a business date has windows of dates around it, a roll-up runs on
 * past midnight, and what it makes of half a day takes the place of the whole.
 */
const EXPIRING_DAYS = 4;
/** Days before that in which messages come too late: roll-ups have the time until then. */
const LATE_DAYS = 3;

type Keeping = Pick<BigQueryConfig, "keepDays">;

/** The first business date whose counts are all there for as long as a roll-up takes; hours and days before it stay as they are. */
export function firstWholeDate({ keepDays }: Keeping, nowMs: number): string {
  return keepDays === undefined ? FIRST_DATE : addDays(dateOfMs(nowMs), EXPIRING_DAYS - keepDays);
}

/** Rows of dates that BigQuery drops at once, or before a roll-up has seen them. */
export function expiredRows(rows: readonly DataRow[], { keepDays }: Keeping, nowMs: number): readonly RefusedRow[] {
  if (keepDays === undefined) return [];
  const days = keepDays - EXPIRING_DAYS - LATE_DAYS;
  const first = addDays(dateOfMs(nowMs), -days);
  const reason = `ts is more than ${days} days ago, too late for a warehouse that keeps ${keepDays} (keepDays)`;
  return rows.flatMap(({ date }, index) => (date < first ? [{ index, reason }] : []));
}
