import type { DateRange } from "../calendar.ts";
import type { Column, ColumnType } from "./columns.ts";
import type { ReadWish, StoreDates, StoreInfo } from "./port.ts";

const column = (name: string, type: ColumnType, field = name): Column => ({ name, field, type });

/** Whose row it is, and of which business date. */
const KEY: readonly Column[] = [
  column("tenant", "text"),
  column("store", "text"),
  column("business_date", "date", "businessDate"),
];
/** The number that is meant: `in` of a line, `visits` of a zone, ... */
const SERIES: readonly Column[] = [
  column("device_id", "text", "deviceId"),
  column("camera_id", "text", "cameraId"),
  column("target_kind", "text", "targetKind"),
  column("target_id", "text", "targetId"),
  column("measure", "text"),
];

/** Tables that jobs make of counts, beside them. Flags and scores can be made again at any time; words cannot. */
export const DERIVED_COLUMNS = {
  /** Hours that are not what was counted: repaired, or explained. Every other hour is clean as it is. */
  quality_hour: [
    ...KEY,
    ...SERIES,
    column("local_start", "local-time", "localStart"),
    ...["raw", "clean", "lo80", "hi80"].map((name) => column(name, "number")),
    column("kind", "text"),
    column("rule", "text"),
    column("rule_version", "integer", "ruleVersion"),
    column("confidence", "number"),
    column("method", "text"),
  ],
  /** Stretches of hours that a rule flagged, by their first date. */
  quality_flag: [
    ...KEY,
    ...SERIES,
    column("local_from", "local-time", "localFrom"),
    column("local_to", "local-time", "localTo"),
    column("kind", "text"),
    column("rule", "text"),
    column("rule_version", "integer", "ruleVersion"),
    column("confidence", "number"),
    column("evidence", "text"),
  ],
  /** How far a device's date can be believed, 0..1. */
  quality_score: [...KEY, column("device_id", "text", "deviceId"), column("score", "number")],
  /** What a person said of flags, by the first date that it is about; the latest word on an hour wins. */
  quality_word: [
    ...KEY,
    ...SERIES,
    column("local_from", "local-time", "localFrom"),
    column("local_to", "local-time", "localTo"),
    column("verdict", "text"),
    column("said_by", "text", "saidBy"),
    column("said_at", "timestamp", "saidAt"),
    column("note", "text"),
  ],
  /**
   * What is expected of a date, by place (empty: the store; an empty store: the tenant) and step: `day`, `hour`, and once it is over `past`, how it
   * went. Of dates that are over, the last forecast made before.
   */
  forecast: [
    ...KEY,
    column("place", "text"),
    column("step", "text"),
    column("local_start", "local-time", "localStart"),
    ...["yhat", "lo80", "hi80", "lo95", "hi95"].map((name) => column(name, "number")),
    column("model", "text"),
    column("artefact", "text"),
    column("made_at", "timestamp", "madeAt"),
    // JSON: what adds up to the forecast of a day, what was learnt of days under way; of `past` what was counted and why it was off.
    column("parts", "text"),
  ],
  /** What is expected of a date under way, from the hours already counted; the last word on it stays. */
  forecast_today: [
    ...KEY,
    column("place", "text"),
    column("counted_until", "local-time", "countedUntil"),
    ...["counted", "seen_share"].map((name) => column(name, "number", name === "counted" ? name : "seenShare")),
    ...["yhat", "lo80", "hi80", "lo95", "hi95"].map((name) => column(name, "number")),
    column("made_at", "timestamp", "madeAt"),
  ],
  /** Whose weeks a place is alike, by the date of the run: stores and doors among those of the tenant, zones among those of their store. */
  cluster: [
    ...KEY,
    column("place", "text"),
    // `store`, `door` or `zone`; null in rows of before it was: no zone.
    column("level", "text"),
    column("cluster", "integer"),
    column("name_en", "text", "nameEn"),
    column("name_ja", "text", "nameJa"),
    column("clusters", "integer"),
    ...["silhouette", "distance"].map((name) => column(name, "number")),
    column("is_odd", "integer", "isOdd"),
    // Agreement of two halves of the data; null for a single cluster.
    column("split_half", "number", "splitHalf"),
    // The cluster of the run before, where it was another one.
    column("moved_from", "integer", "movedFrom"),
  ],
  /** Which kind of day a date of a store was. A store has the dates of one run: the next one replaces all of them. */
  day_kind: [
    ...KEY,
    // Kept from run to run for the kind that holds the same dates.
    column("kind", "integer"),
    column("name_en", "text", "nameEn"),
    column("name_ja", "text", "nameJa"),
    column("kinds", "integer"),
    ...["silhouette", "distance"].map((name) => column(name, "number")),
    column("is_odd", "integer", "isOdd"),
    // Agreement of two halves of the dates; null for a single kind.
    column("split_half", "number", "splitHalf"),
    // JSON: people in by hour 0..23 on the mean date of this kind.
    column("profile", "text"),
    // The last date that the run looked at.
    column("run_date", "date", "runDate"),
  ],
} as const satisfies Readonly<Record<DerivedTable, readonly Column[]>>;

export const DERIVED_TABLES = [
  "quality_hour",
  "quality_flag",
  "quality_score",
  "quality_word",
  "forecast",
  "forecast_today",
  "cluster",
  "day_kind",
] as const;
export type DerivedTable = (typeof DERIVED_TABLES)[number];

/** A row by its columns' fields; dates and local times are texts, `YYYY-MM-DD` and `YYYY-MM-DDTHH:MM:SS`. */
export type DerivedRow = Readonly<Record<string, string | number | boolean | null>>;

/** Dates that changed, and a name for each note of it, for who forgets them once they are dealt with. */
export interface ChangedDates {
  readonly work: readonly StoreDates[];
  readonly notes: readonly string[];
}

/** Rows that jobs make of counts. Called by jobs, dashboards and commands. */
export interface DerivedStore {
  /**
   * Replaces the rows of these dates of these stores by `rows`, which are of them. Safe to repeat; a reader sees a date of a store as it was
   * or as it will be.
   */
  replaceDerived(table: DerivedTable, work: readonly StoreDates[], rows: readonly DerivedRow[]): Promise<void>;
  /** Adds rows to what is there. */
  addDerived(table: DerivedTable, rows: readonly DerivedRow[]): Promise<void>;
  /** In the order of business date and columns. */
  derived(table: DerivedTable, store: StoreInfo, range: DateRange, wish?: ReadWish): Promise<readonly DerivedRow[]>;
  /** The same of some dates of many stores in one question, in the order of tenant, store, business date and columns. */
  derivedOfStores(table: DerivedTable, work: readonly StoreDates[], wish?: ReadWish): Promise<readonly DerivedRow[]>;
  /** Tells `reader`, a job that works on from here, that these dates may have other counts now. */
  noteChanged(reader: string, work: readonly StoreDates[]): Promise<void>;
  /** What was told to `reader` and is not forgotten, of these stores, dates ascending. */
  changedDates(reader: string, stores: readonly StoreInfo[]): Promise<ChangedDates>;
  /** Forgets notes that `changedDates` gave: what was noted since then stays. */
  forgetChanged(notes: readonly string[]): Promise<void>;
}

/** Columns of the notes of changed dates. */
export const CHANGED_COLUMNS: readonly Column[] = [column("note", "text"), column("reader", "text"), ...KEY];
