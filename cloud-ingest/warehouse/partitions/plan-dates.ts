import { daysIn } from "../../calendar.ts";
import { groupBy } from "../../group-by.ts";
import { checkDate, checkLimit } from "./check-plan.ts";
import { datesCondition } from "./condition.ts";
import { LISTED_DATES, PLANNED_PARTITIONS } from "./limits.ts";
import { partitionNumber } from "./partition-number.ts";
import type { Partitioning } from "./partitioning.ts";
import { type PlanPart, partOf } from "./plan-range.ts";

/**
 * Jobs for single dates, such as late days to repair: each date once, oldest first, at most `limit` partitions and
 * `LISTED_DATES` dates a job, and all dates of a partition in the same job. Dates may come in any order and twice.
 */
export function planDates(
  dates: readonly string[],
  partitioning: Partitioning,
  limit: number = PLANNED_PARTITIONS,
): readonly PlanPart[] {
  for (const date of dates) checkDate(date);
  checkLimit(limit);
  const sorted = [...new Set(dates)].sort();
  const byPartition = groupBy(sorted, (date) => String(partitionNumber(date, partitioning.unit)));
  return bundlesOf([...byPartition.values()], limit).map((bundle) => jobOf(bundle, partitioning));
}

type Partition = readonly string[];

function bundlesOf(partitions: readonly Partition[], limit: number): readonly (readonly Partition[])[] {
  const bundles: Partition[][] = [];
  let listed = 0;
  for (const partition of partitions) {
    const last = bundles.at(-1);
    const fits = last !== undefined && last.length < limit && listed + partition.length <= LISTED_DATES;
    if (fits) last.push(partition);
    else bundles.push([partition]);
    listed = fits ? listed + partition.length : partition.length;
  }
  return bundles;
}

function jobOf(bundle: readonly Partition[], partitioning: Partitioning): PlanPart {
  const dates = bundle.flat();
  const range = { from: dates.at(0) ?? "", to: dates.at(-1) ?? "" };
  if (daysIn(range) === dates.length) return partOf(range, partitioning);
  return { range, partitions: bundle.length, condition: datesCondition(partitioning.column, range, dates) };
}
