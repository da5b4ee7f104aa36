/** What one partition holds: a date or a month. */
export type PartitionUnit = "day" | "month";

/** How a table is cut: by `unit` of the DATE column `column`. */
export interface Partitioning {
  readonly unit: PartitionUnit;
  /** Its name in SQL, without quotes; from the code, never from outside. */
  readonly column: string;
}

const BY_UTC_DATE = { unit: "day", column: "date" } as const;
const BY_BUSINESS_MONTH = { unit: "month", column: "business_date" } as const;

/** The partitioned tables; rows of messages by day, what is derived of them by month. */
export const PARTITIONINGS = {
  counts: BY_UTC_DATE,
  events: BY_UTC_DATE,
  health: BY_UTC_DATE,
  quarantine: BY_UTC_DATE,
  traffic_hourly: BY_BUSINESS_MONTH,
  traffic_daily: BY_BUSINESS_MONTH,
} as const satisfies Readonly<Record<string, Partitioning>>;

/** A table as a reader knows it, wherever its rows lie. */
export type LogicalTable = keyof typeof PARTITIONINGS;
