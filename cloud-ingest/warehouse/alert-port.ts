import type { DateRange } from "../calendar.ts";
import type { Column, ColumnType } from "./columns.ts";
import type { DerivedRow } from "./derived-port.ts";
import type { DeviceRecord } from "./presence.ts";

const column = (name: string, type: ColumnType, field = name): Column => ({ name, field, type });

/** Whose row it is: a device; a store, where `device` is empty; the whole system, where all three are. */
const SUBJECT: readonly Column[] = ["tenant", "store", "device"].map((name) => column(name, "text"));

export const ALERT_TABLES = ["alert", "alert_delivery", "alert_word"] as const;
export type AlertTable = (typeof ALERT_TABLES)[number];

/** What the alert engine knows, as rows that are only ever added. The first column names the row: the same one is the same row. */
export const ALERT_COLUMNS = {
  /** Transitions. Those of a rule lead to those of the subject's alert, where `rule` is empty. */
  alert: [
    column("event_id", "text", "eventId"),
    // Grows by one per row: the order of the rows, whatever a clock said.
    column("number", "integer"),
    column("written_at", "timestamp", "at"),
    ...SUBJECT,
    column("rule", "text"),
    column("rule_version", "text", "ruleVersion"),
    column("was", "text"),
    column("state", "text"),
    // Of an open alert: the first bad evidence; of one that has ended: until the first good one.
    column("since", "timestamp"),
    column("until", "timestamp"),
    column("alert_id", "text", "alertId"),
    // `firing`, `update`, `resolved`: this row is to be told, and `event_id` is the notification's id. Empty: nobody is told.
    column("notify", "text"),
    // JSON: what the engine needs to go on from here, and the evidence.
    column("details", "text"),
  ],
  /** What became of a notification at a sink. */
  alert_delivery: [
    column("delivery_id", "text", "deliveryId"),
    column("notification_id", "text", "notificationId"),
    // Of the notification; what is not above the number of a sink's `begin` is not for it.
    column("number", "integer"),
    column("sink", "text"),
    column("written_at", "timestamp", "at"),
    column("outcome", "text"),
    column("details", "text"),
  ],
  /** What people said of alerts and subjects. */
  alert_word: [
    column("word_id", "text", "wordId"),
    column("said_at", "timestamp", "saidAt"),
    ...SUBJECT,
    column("alert_id", "text", "alertId"),
    column("word", "text"),
    column("from_at", "timestamp", "fromAt"),
    column("until_at", "timestamp", "untilAt"),
    column("said_by", "text", "saidBy"),
    column("note", "text"),
  ],
} as const satisfies Readonly<Record<AlertTable, readonly Column[]>>;

/** A row by its columns' fields; times are RFC 3339 UTC with milliseconds. */
export type AlertRow = DerivedRow;

/** The column of a table that says when a row was written. */
export const ALERT_TIMES: Readonly<Record<AlertTable, string>> = {
  alert: "written_at",
  alert_delivery: "written_at",
  alert_word: "said_at",
};

/** An instant and a later one, RFC 3339 UTC, both included. */
export interface TimeRange {
  readonly from: string;
  readonly to: string;
}

/** Whatever there is. */
export const EVER: TimeRange = { from: "1970-01-01T00:00:00.000Z", to: "9999-12-31T23:59:59.999Z" };

/** All rows of the tables: as far back as alerts are kept. */
export type AlertRows = Readonly<Record<AlertTable, readonly AlertRow[]>>;

/** Rows of every table by `read`. */
export async function everyAlertRow(read: (table: AlertTable) => Promise<readonly AlertRow[]>): Promise<AlertRows> {
  return {
    alert: await read("alert"),
    alert_delivery: await read("alert_delivery"),
    alert_word: await read("alert_word"),
  };
}

/** Called by the alert engine, which is one at a time, and by operators' commands. */
export interface AlertStore {
  /**
   * Adds rows in one step. A row of a table is there as a whole or not at all; when this throws it is not known whether they are, and
   * who goes on must read first.
   */
  addAlerts(table: AlertTable, rows: readonly AlertRow[]): Promise<void>;
  /** The last transition of every subject and rule, by number. */
  lastAlerts(): Promise<readonly AlertRow[]>;
  /** Rows that were written in the range, each once: transitions by number, others by time. */
  alerts(table: AlertTable, range: TimeRange): Promise<readonly AlertRow[]>;
  /** Forgets what was written before `before`, but no subject's and rule's last transition. */
  forgetAlerts(before: string): Promise<void>;
}

/** What a device said of itself. */
export interface HealthRow {
  readonly tenant: string;
  readonly store: string;
  readonly device: string;
  readonly bootId: string;
  readonly seq: number;
  /** RFC 3339 UTC with milliseconds, of the broker. */
  readonly receivedAt: string;
  /** The same of the device. */
  readonly ts: string;
  readonly clockSynced: boolean;
  readonly historical: boolean;
  readonly numbers: Readonly<Record<HealthNumber, number | undefined>>;
  /** As the contract has them; of a newer device with more fields. */
  readonly cameras: readonly Readonly<Record<string, unknown>>[];
}

export const HEALTH_NUMBERS = [
  "uptimeS",
  "cpuPercent",
  "memoryUsedMb",
  "memoryTotalMb",
  "rssMb",
  "temperatureC",
  "diskFreeMb",
  "inferenceMs",
  "outboxDepth",
  "outboxBytes",
  "outboxOldestAgeS",
  "outboxDropped",
] as const;
export type HealthNumber = (typeof HEALTH_NUMBERS)[number];

/** People that a device counted in an hour, at all its lines and zones together. */
export interface HourTotal {
  readonly tenant: string;
  readonly store: string;
  readonly device: string;
  readonly businessDate: string;
  /** `YYYY-MM-DDTHH:MM:SS`, local. */
  readonly localStart: string;
  readonly people: number;
  /** Of the line or zone that was watched longest. */
  readonly observedS: number;
}

export interface StoreKey {
  readonly tenant: string;
  readonly store: string;
}

/** What the alert engine looks at, of all stores in one question each. Called once a tick. */
export interface SignalStore {
  /** Every device that was ever heard of, as it is now. */
  deviceRecords(): Promise<readonly DeviceRecord[]>;
  /** Received in the range, oldest first, each once; of one store, where it is named. */
  healthBetween(range: TimeRange, store?: StoreKey): Promise<readonly HealthRow[]>;
  /** Flags of the quality job that begin on dates of the range, of every store. */
  flags(range: DateRange): Promise<readonly DerivedRow[]>;
  /** Of these business dates and stores, as the roll-up has them; at most some hundred stores. */
  hourTotals(dates: readonly string[], stores: readonly StoreKey[]): Promise<readonly HourTotal[]>;
}
