import { PLANNED_PARTITIONS } from "../partitions/limits.ts";
import type { DateSum, MovedTable, Portion } from "./port.ts";

/** Rows of a portion, unless a single date has more: half a minute of work, and a file of some ten megabytes. */
export const PORTION_ROWS = 500_000;

/** The dates of a table in portions of at most so many partitions, oldest first. The same dates always give the same portions. */
export function portionsOf(
  table: MovedTable,
  sums: readonly DateSum[],
  mostRows: number = PORTION_ROWS,
): readonly Portion[] {
  const portions: { table: MovedTable; sums: DateSum[] }[] = [];
  let rows = 0;
  for (const sum of sums) {
    const last = portions.at(-1);
    const fits = last !== undefined && last.sums.length < PLANNED_PARTITIONS && rows + sum.rows <= mostRows;
    if (fits) last.sums.push(sum);
    else portions.push({ table, sums: [sum] });
    rows = fits ? rows + sum.rows : sum.rows;
  }
  return portions;
}

export const datesOf = ({ sums }: Portion) => sums.map(({ date }) => date);

export const rowsOf = (sums: readonly DateSum[]) => sums.reduce((all, { rows }) => all + rows, 0);
