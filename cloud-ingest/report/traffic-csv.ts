import { AppError } from "../../firmware-config/kit/errors.ts";
import { type DateRange, splitRange } from "../calendar.ts";
import type { ReadWish, StoreInfo, TrafficRow, TrafficSpan, TrafficStore } from "../warehouse/port.ts";
import { textField } from "./csv-field.ts";
import { isSeen } from "./tally.ts";
import { nameOf } from "./target-name.ts";

interface Column {
  readonly name: string;
  /** For the column reference in the README. */
  readonly meaning: string;
  readonly value: Value;
}

/** A cell as it is written: a number, or text that is safe in a spreadsheet. */
type Value = (row: TrafficRow, nameCell: NameCell) => string | number;
type NameCell = (row: TrafficRow) => string;

/** The columns, in order; new ones are only ever added at the end. Identifiers hold letters, digits and hyphens and need no quotes. */
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
  {
    name: "target_name",
    meaning: "its name, or its id where nothing of the name can be seen",
    value: (row, nameCell) => nameCell(row),
  },
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
  {
    name: "quality",
    meaning:
      "repaired: some counts are estimates; lost: not believed, no estimate; explained: unusual, but counted; empty: as counted",
    value: (row) => row.quality?.kind ?? "",
  },
  { name: "quality_rules", meaning: "the rules that say so", value: (row) => row.quality?.rules.join(" ") ?? "" },
];

/** UTF-8 byte order mark (without it Japanese Excel reads Shift_JIS) and the line of column names. */
export const TRAFFIC_CSV_HEAD = `\uFEFF${TRAFFIC_COLUMNS.map((column) => column.name).join(",")}\r\n`;

/**
 * What one read brings into memory: 2,208 hours or 366 days of a line or zone; of windows one date is read, 1,440 of a minute. A read of
 * a month costs a third more for each row, as every read is planned anew.
 */
const DAYS_PER_READ = { hour: 92, day: 366 } as const;

/** A quarter: asking which dates have windows opens a Parquet file for each. */
const DAYS_PER_LOOK = 92;

/** A damaged file hides three dates. */
const DATES_NAMED = 6;

/** RFC 4180 text of the rows, with its head. */
export function trafficCsv(rows: readonly TrafficRow[]): string {
  return TRAFFIC_CSV_HEAD + csvLines(rows);
}

export interface CsvRequest {
  readonly range: DateRange;
  readonly span: TrafficSpan;
  /** Aborts when the reader has gone: then it throws the signal's reason instead of reading on. */
  readonly signal?: AbortSignal;
}

/**
 * The same piece by piece, so that years of rows need no memory and the first come soon. One piece is read only when the one before was taken.
 * Throws `AppError` before windows of a date of which some cannot be read now.
 */
export async function* trafficCsvParts(
  warehouse: TrafficStore,
  store: StoreInfo,
  { range, span, signal }: CsvRequest,
): AsyncGenerator<string> {
  const wish: ReadWish = { isExport: true, ...(signal && { signal }) };
  const work = { warehouse, store, wish };
  yield TRAFFIC_CSV_HEAD;
  const pieces = span === "window" ? windowPieces(work, range) : rolledPieces(work, range, span);
  for await (const rows of pieces) {
    signal?.throwIfAborted();
    if (rows.length > 0) yield csvLines(rows);
  }
}

interface CsvWork {
  readonly warehouse: TrafficStore;
  readonly store: StoreInfo;
  readonly wish: ReadWish;
}

/** Only the dates that have windows: years without any cost nothing. Some of a date's windows are never given out for all of them. */
async function* windowPieces(
  { warehouse, store, wish }: CsvWork,
  range: DateRange,
): AsyncGenerator<readonly TrafficRow[]> {
  for (const part of splitRange(range, DAYS_PER_LOOK))
    for (const date of [...(await warehouse.windowDates(store, part, wish)), undefined]) {
      const rows = date === undefined ? [] : await warehouse.traffic(store, { from: date, to: date }, "window", wish);
      refuseUnreadable(await warehouse.unreadableDates(store, part, wish));
      yield rows;
    }
}

/** What a reader is told in place of windows of which some are missing. */
export function unreadableText(dates: readonly string[]): string {
  const named = dates.slice(0, DATES_NAMED).join(", ") + (dates.length > DATES_NAMED ? ", ..." : "");
  return `Some counts of ${named} cannot be read now. Ask by hour or day, or leave these dates out.`;
}

function refuseUnreadable(dates: readonly string[]): void {
  if (dates.length === 0) return;
  throw new AppError(unreadableText(dates), {
    code: "STORE_CORRUPT",
    hint: "Look into /healthz for archive-damaged, and put the file back.",
    retryable: true,
  });
}

async function* rolledPieces(
  { warehouse, store, wish }: CsvWork,
  range: DateRange,
  span: "hour" | "day",
): AsyncGenerator<readonly TrafficRow[]> {
  for (const part of splitRange(range, DAYS_PER_READ[span])) yield await warehouse.traffic(store, part, span, wish);
}

function csvLines(rows: readonly TrafficRow[]): string {
  const nameCell = nameCells();
  return rows.map((row) => `${TRAFFIC_COLUMNS.map(({ value }) => value(row, nameCell)).join(",")}\r\n`).join("");
}

/** Makes the cells of names, each once: a store has few, and one costs as much as the rest of its row. */
function nameCells(): NameCell {
  const cells = new Map<string, string>();
  return (row) => {
    const key = `${row.targetId} ${row.targetName}`;
    const cell = cells.get(key) ?? textField(nameOf(row));
    cells.set(key, cell);
    return cell;
  };
}

// Empty is not zero: the row's kind does not count this, or nobody watched.
function lineOnly(value: Value): Value {
  return (row, nameCell) => (row.targetKind === "line" && isSeen(row) ? value(row, nameCell) : "");
}

function zoneOnly(value: Value): Value {
  return (row, nameCell) => (row.targetKind === "zone" && isSeen(row) ? value(row, nameCell) : "");
}

function decimal(value: number): number {
  return Math.round(value * 1000) / 1000;
}
