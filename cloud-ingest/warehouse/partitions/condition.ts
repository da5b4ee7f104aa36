import type { DateRange } from "../../calendar.ts";

/** A date as a constant in SQL: BigQuery's documentation promises to leave partitions out for constant expressions alone. */
export const literalOf = (date: string) => `DATE '${date}'`;

/** The rows of a range, both ends included; whole months are said by dates too, as the column holds dates. */
export function rangeCondition(column: string, { from, to }: DateRange): string {
  return `\`${column}\` BETWEEN ${literalOf(from)} AND ${literalOf(to)}`;
}

/** The rows of single dates, oldest first; the range around them comes first, as the plainest bound there is. */
export function datesCondition(column: string, around: DateRange, dates: readonly string[]): string {
  return `(${rangeCondition(column, around)} AND \`${column}\` IN (${dates.map(literalOf).join(", ")}))`;
}
