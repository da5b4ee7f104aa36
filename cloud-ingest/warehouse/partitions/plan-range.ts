import { addDays, type DateRange } from "../../calendar.ts";
import { checkLimit, checkRange } from "./check-plan.ts";
import { rangeCondition } from "./condition.ts";
import { PLANNED_PARTITIONS } from "./limits.ts";
import { firstDateOf, partitionNumber } from "./partition-number.ts";
import type { Partitioning } from "./partitioning.ts";

/** The share of one job. */
export interface PlanPart {
  /** Its dates, or the first and the last of them where only some are meant. */
  readonly range: DateRange;
  /** How many partitions it touches at most. */
  readonly partitions: number;
  /** Picks its rows, for a WHERE clause or a MERGE: literal bounds on the partition column. */
  readonly condition: string;
}

/**
 * Parts that hold every date of the range once, oldest first, each of at most `limit` partitions and about equally large; no
 * partition is in two parts. The same range always gives the same parts, so that a job can go on where it stopped.
 */
export function planRange(
  range: DateRange,
  partitioning: Partitioning,
  limit: number = PLANNED_PARTITIONS,
): readonly PlanPart[] {
  checkRange(range);
  checkLimit(limit);
  return cuts(range, partitioning, limit).map((part) => partOf(part, partitioning));
}

/** The part of a range that is small enough for one job. */
export function partOf(range: DateRange, { unit, column }: Partitioning): PlanPart {
  const partitions = partitionNumber(range.to, unit) - partitionNumber(range.from, unit) + 1;
  return { range, partitions, condition: rangeCondition(column, range) };
}

function cuts({ from, to }: DateRange, { unit }: Partitioning, limit: number): readonly DateRange[] {
  const first = partitionNumber(from, unit);
  const total = partitionNumber(to, unit) - first + 1;
  const each = Math.ceil(total / Math.ceil(total / limit));
  const starts = Array.from({ length: Math.ceil(total / each) }, (_, part) =>
    part === 0 ? from : firstDateOf(first + part * each, unit),
  );
  return starts.map((start, part) => ({ from: start, to: dayBefore(starts[part + 1]) ?? to }));
}

function dayBefore(date: string | undefined): string | undefined {
  return date === undefined ? undefined : addDays(date, -1);
}
