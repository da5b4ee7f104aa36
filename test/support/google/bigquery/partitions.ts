import type { Row } from "./values.ts";

/** How a table is cut: `field` is a DATE, DATETIME or TIMESTAMP column. */
export interface TimePartitioning {
  readonly type: "HOUR" | "DAY" | "MONTH" | "YEAR";
  readonly field: string;
  readonly expirationMs?: string;
  readonly requirePartitionFilter?: boolean;
}

/** Partitions that one job may modify, and that one table may have. */
export const MOST_PER_JOB = 4000;
export const MOST_PER_TABLE = 10_000;

const ID_LENGTH = { YEAR: 4, MONTH: 6, DAY: 8, HOUR: 10 } as const;
const STEP_MS = { YEAR: 366, MONTH: 31, DAY: 1, HOUR: 1 / 24 } as const;
const DAY_MS = 86_400_000;
const NULL_PARTITION = "__NULL__";
/** What may be streamed: ten years back to one year ahead. */
const YEARS_BACK = 10;
const YEARS_AHEAD = 1;

/** The partition's id, such as 20261126. */
export function partitionId({ type, field }: TimePartitioning, row: Row): string {
  const value = row[field];
  if (typeof value !== "string") return NULL_PARTITION;
  const [year, month, day, hour] = [
    value.slice(0, 4),
    value.slice(5, 7),
    value.slice(8, 10),
    value.slice(11, 13) || "00",
  ];
  return `${year}${month}${day}${hour}`.slice(0, ID_LENGTH[type]);
}

/** The first and the last value in a partition, in microseconds since 1970; NULL for the one of rows without a value. */
export function extentOf(
  { type }: TimePartitioning,
  id: string,
  isDate: boolean,
): { readonly min: number; readonly max: number } | "NULL" {
  if (id === NULL_PARTITION) return "NULL";
  const [year, month, day, hour] = [
    id.slice(0, 4),
    id.slice(4, 6) || "01",
    id.slice(6, 8) || "01",
    id.slice(8) || "00",
  ];
  const start = new Date(`${year}-${month}-${day}T${hour}:00:00Z`);
  const end = new Date(start);
  if (type === "YEAR") end.setUTCFullYear(end.getUTCFullYear() + 1);
  else if (type === "MONTH") end.setUTCMonth(end.getUTCMonth() + 1);
  else end.setTime(end.getTime() + STEP_MS[type] * DAY_MS);
  return { min: start.getTime() * 1000, max: end.getTime() * 1000 - (isDate ? DAY_MS * 1000 : 1) };
}

/** False for a row that the streaming API refuses for its partition. */
export function isWithinStreamingWindow({ field }: TimePartitioning, row: Row, nowMs: number): boolean {
  const value = row[field];
  if (typeof value !== "string") return true;
  const [from, to] = [-YEARS_BACK, YEARS_AHEAD].map((years) => dayAfterYears(nowMs, years));
  const day = value.slice(0, 10);
  return (from ?? "") <= day && day <= (to ?? "");
}

/** True when the partition's own expiry has passed, so that what is written there is gone at once. */
export function isExpired(partitioning: TimePartitioning, row: Row, nowMs: number): boolean {
  const value = row[partitioning.field];
  if (typeof value !== "string" || !Number(partitioning.expirationMs)) return false;
  const endMs = Date.parse(value.slice(0, 10)) + STEP_MS[partitioning.type] * DAY_MS;
  return endMs + Number(partitioning.expirationMs) < nowMs;
}

function dayAfterYears(nowMs: number, years: number): string {
  const date = new Date(nowMs);
  date.setUTCFullYear(date.getUTCFullYear() + years);
  return date.toISOString().slice(0, 10);
}
