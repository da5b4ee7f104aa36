import type { DateRange } from "../../calendar.ts";
import { groupBy } from "../../group-by.ts";
import { checkDate } from "./check-plan.ts";
import { tableFor, tablesOf } from "./layout.ts";
import { type LogicalTable, PARTITIONINGS } from "./partitioning.ts";
import { planDates } from "./plan-dates.ts";
import { type PlanPart, planRange } from "./plan-range.ts";

/** The share of one job, and the one table that it works on. */
export interface TablePart extends PlanPart {
  readonly table: string;
}

/** The parts of a range in all tables that hold some of it while `today` is the day, oldest first. */
export function planTables(table: LogicalTable, range: DateRange, today: string, limit?: number): readonly TablePart[] {
  return tablesOf(table, range, today).flatMap((slice) =>
    planRange(slice.range, PARTITIONINGS[table], limit).map((part) => ({ table: slice.table, ...part })),
  );
}

/** The jobs for single dates in all tables that hold them while `today` is the day, oldest first. */
export function planDatesInTables(
  table: LogicalTable,
  dates: readonly string[],
  today: string,
  limit?: number,
): readonly TablePart[] {
  for (const date of dates) checkDate(date);
  const byTable = groupBy([...dates].sort(), (date) => tableFor(table, date, today));
  return [...byTable].flatMap(([name, some]) =>
    planDates(some, PARTITIONINGS[table], limit).map((part) => ({ table: name, ...part })),
  );
}
