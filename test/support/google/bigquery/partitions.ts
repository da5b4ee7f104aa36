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
  return value.replace(/\D/g, "").padEnd(10, "0").slice(0, ID_LENGTH[type]);
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
