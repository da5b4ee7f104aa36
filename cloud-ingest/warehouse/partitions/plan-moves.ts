import { addDays, type DateRange } from "../../calendar.ts";
import { checkDate } from "./check-plan.ts";
import { mainSpan, type TableSlice, tablesOf, yearOf } from "./layout.ts";
import { type LogicalTable, PARTITIONINGS } from "./partitioning.ts";
import { type PlanPart, planRange } from "./plan-range.ts";

/** Rows that change their table. */
export interface Move {
  readonly from: string;
  readonly to: string;
  /** Copies, and then removals, of at most the planned partitions each. */
  readonly parts: readonly PlanPart[];
}

/**
 * What one New Year moves: first every copy, then the view as of `layoutDay`, then every removal. After the view changed nothing is copied
 * again: a source that is half empty would take rows out of the target.
 */
export interface YearTurn {
  /** The `today` of the layout that holds afterwards, `YYYY-01-01`. */
  readonly layoutDay: string;
  readonly moves: readonly Move[];
}

/**
 * The turns that lead from the layout as of one day to that as of another, one a year, to be done in this order; none when the year is
 * the same, or when the clock went back.
 */
export function planMoves(table: LogicalTable, layoutDay: string, today: string): readonly YearTurn[] {
  checkDate(layoutDay);
  checkDate(today);
  const [first, last] = [yearOf(layoutDay) + 1, yearOf(today)];
  const years = Array.from({ length: Math.max(0, last - first + 1) }, (_, nth) => first + nth);
  return years.map((year) => ({ layoutDay: `${year}-01-01`, moves: movesOf(table, `${year}-01-01`) }));
}

/** The main table loses old dates only at its beginning, at the turn of an era, and gains new ones only at its end. */
function movesOf(table: LogicalTable, newYear: string): readonly Move[] {
  const eve = addDays(newYear, -1);
  const [before, after] = [mainSpan(table, eve), mainSpan(table, newYear)];
  const leaving = { from: before.from, to: addDays(after.from, -1) };
  const coming = { from: addDays(before.to, 1), to: after.to };
  return [
    ...slicesOf(table, leaving, newYear).map((slice) => moveOf(table, slice, { from: table, to: slice.table })),
    ...slicesOf(table, coming, eve).map((slice) => moveOf(table, slice, { from: slice.table, to: table })),
  ];
}

/** The slices beside the main table; none of an empty range. */
function slicesOf(table: LogicalTable, range: DateRange, today: string): readonly TableSlice[] {
  const slices = range.from <= range.to ? tablesOf(table, range, today) : [];
  return slices.filter((slice) => slice.table !== table);
}

function moveOf(table: LogicalTable, { range }: TableSlice, way: Pick<Move, "from" | "to">): Move {
  return { ...way, parts: planRange(range, PARTITIONINGS[table]) };
}
