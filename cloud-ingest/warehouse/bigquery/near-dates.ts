import { addDays, type DateRange, FIRST_DATE, isDate } from "../../calendar.ts";
import { around } from "../dates.ts";
import { PLANNED_PARTITIONS } from "../partitions/limits.ts";
import { PARTITIONINGS } from "../partitions/partitioning.ts";
import { planDates } from "../partitions/plan-dates.ts";

/** Business dates without a gap whose windows one statement reads: with their neighbours they stay below what a plan allows. */
export const DATES_AT_ONCE = PLANNED_PARTITIONS - 10;

export interface DatedRange {
  readonly range: DateRange;
  readonly dates: readonly string[];
}

/** Picks the windows that may be of these business dates. Throws for more than a portion of `nearPortions`: none may be left out. */
export function nearCondition(dates: readonly string[]): string {
  const [part, ...others] = planDates(around(dates).filter(isDate), PARTITIONINGS.counts);
  if (others.length > 0)
    throw new RangeError(`${dates.length} dates reach into more partitions than one statement may`);
  return part?.condition ?? "FALSE";
}

/** Business dates in portions whose windows one statement can read, oldest first: dates far apart have many neighbours. */
export function nearPortions(dates: readonly string[]): readonly (readonly string[])[] {
  const portions: string[][] = [];
  let near = new Set<string>();
  for (const date of [...new Set(dates)].sort()) {
    const neighbours = around([date]);
    const more = neighbours.filter((one) => !near.has(one)).length;
    if (portions.length === 0 || near.size + more > PLANNED_PARTITIONS) {
      portions.push([]);
      near = new Set();
    }
    portions.at(-1)?.push(date);
    for (const one of neighbours) near.add(one);
  }
  return portions;
}

/** A range in pieces, oldest first, each with those of the dates that lie in it and are one portion. */
export function piecesOf({ from, to }: DateRange, dates: readonly string[]): readonly DatedRange[] {
  const portions = nearPortions(dates);
  if (portions.length === 0) return [{ range: { from, to }, dates: [] }];
  return portions.map((own, at) => {
    const [next] = portions[at + 1] ?? [];
    const begin = at === 0 ? from : (own[0] ?? from);
    return { range: { from: begin, to: next === undefined ? to : addDays(next, -1) }, dates: own };
  });
}

/** The dates of a range that partitions may have; undefined when there are none. */
export function plannable({ from, to }: DateRange): DateRange | undefined {
  const first = from < FIRST_DATE ? FIRST_DATE : from;
  return first <= to ? { from: first, to } : undefined;
}
