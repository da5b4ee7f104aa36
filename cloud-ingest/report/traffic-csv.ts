import { type DateRange, splitRange } from "../calendar.ts";
import type { StoreInfo, TrafficRow, TrafficStore } from "../warehouse/port.ts";
import { daysOf, hoursOf, replaceDates } from "./aggregate.ts";
import { unsettledDates, windowsOf } from "./fresh-windows.ts";
import { isSeen } from "./tally.ts";

interface Column {
  readonly name: string;
  /** For the column reference in the README. */
  readonly meaning: string;
  readonly value: Value;
}

type Value = (row: TrafficRow) => string | number;

/** The columns, in order; new ones are only ever added at the end. */
export const TRAFFIC_COLUMNS: readonly Column[] = [
  { name: "business_date", meaning: "the store's local date", value: (row) => row.businessDate },
  {
    name: "local_start",
    meaning: "start of the span in the store's local time",
    value: (row) => row.localStart.replace("T", " "),
  },
  { name: "span_s", meaning: "length of the span, seconds", value: (row) => row.spanS },
  { name: "device", meaning: "device id", value: (row) => row.deviceId },
  { name: "camera", meaning: "camera id", value: (row) => row.cameraId },
  { name: "target_kind", meaning: "line or zone", value: (row) => row.targetKind },
  { name: "target", meaning: "id of the line or zone", value: (row) => row.targetId },
  { name: "target_name", meaning: "its name", value: (row) => row.targetName },
  { name: "in", meaning: "line: persons in", value: lineOnly((row) => row.in) },
  { name: "out", meaning: "line: persons out", value: lineOnly((row) => row.out) },
  { name: "visits", meaning: "zone: visits that ended", value: zoneOnly((row) => row.visits) },
  { name: "stops", meaning: "zone: visits long enough to be a stop", value: zoneOnly((row) => row.stops) },
  { name: "passers_by", meaning: "zone: visits shorter than a stop", value: zoneOnly((row) => row.passersBy) },
  {
    ...{ name: "dwell_s", meaning: "zone: sum of the dwell of these visits, seconds" },
    value: zoneOnly((row) => decimal(row.dwellS)),
  },
  {
    ...{ name: "occupancy_mean", meaning: "zone: persons inside, mean" },
    value: zoneOnly((row) => decimal(row.occupancyMean)),
  },
  { name: "occupancy_max", meaning: "zone: persons inside, most at once", value: zoneOnly((row) => row.occupancyMax) },
  { name: "observed_s", meaning: "seconds in which the camera was watched", value: (row) => decimal(row.observedS) },
];

/** UTF-8 byte order mark (without it Japanese Excel reads Shift_JIS) and the line of column names. */
export const TRAFFIC_CSV_HEAD = `\uFEFF${TRAFFIC_COLUMNS.map((column) => column.name).join(",")}\r\n`;

const DAYS_PER_READ = { window: 1, hour: 31, day: 366 } as const;

/** RFC 4180 text of the rows, with its head. */
export function trafficCsv(rows: readonly TrafficRow[]): string {
  return TRAFFIC_CSV_HEAD + csvLines(rows);
}

interface CsvRequest {
  readonly range: DateRange;
  readonly span: "hour" | "day" | "window";
  readonly now: Date;
}

/** The same piece by piece, so that years of rows need no memory; where the roll-up lags, the page's own sums. */
export async function* trafficCsvParts(
  warehouse: TrafficStore,
  store: StoreInfo,
  { range, span, now }: CsvRequest,
): AsyncGenerator<string> {
  yield TRAFFIC_CSV_HEAD;
  const dates = span === "window" ? [] : await unsettledDates(warehouse, { store, now });
  for (const part of splitRange(range, DAYS_PER_READ[span])) {
    const hours = hoursOf(await windowsOf(warehouse, { store, range: part, dates }));
    const fresh = span === "day" ? daysOf(hours) : hours;
    const lines = csvLines(replaceDates(await warehouse.traffic(store, part, span), fresh));
    if (lines !== "") yield lines;
  }
}

function csvLines(rows: readonly TrafficRow[]): string {
  return rows.map((row) => `${TRAFFIC_COLUMNS.map(({ value }) => field(value(row))).join(",")}\r\n`).join("");
}

// A spreadsheet runs text that begins like a formula, also with a full-width sign; an apostrophe in front stops it.
function field(value: string | number): string {
  if (typeof value === "number") return String(value);
  const text = /^\s*[=+\-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

// Empty is not zero: the row's kind does not count this, or nobody watched.
function lineOnly(value: Value): Value {
  return (row) => (row.targetKind === "line" && isSeen(row) ? value(row) : "");
}

function zoneOnly(value: Value): Value {
  return (row) => (row.targetKind === "zone" && isSeen(row) ? value(row) : "");
}

function decimal(value: number): number {
  return Math.round(value * 1000) / 1000;
}
