import { addDays, type DateRange, datesOf, splitRange } from "../../calendar.ts";
import type { ReadWish, StoreInfo, TrafficStore } from "../../warehouse/port.ts";
import { textField } from "../csv-field.ts";
import { isKnown, type PlaceDay, type PlaceHour, placeDaysOf } from "./place-days.ts";
import type { Premises } from "./premises.ts";

interface Column {
  readonly name: string;
  /** For the column reference in the README. */
  readonly meaning: string;
  readonly value: (day: PlaceDay, hour: PlaceHour) => string | number;
}

/** The columns, in order; new ones are only ever added at the end. */
export const OCCUPANCY_COLUMNS: readonly Column[] = [
  { name: "business_date", meaning: "the local date on which the shop opened", value: ({ date }) => date },
  { name: "local_start", meaning: "start of the hour", value: (_, { start }) => start.replace("T", " ") },
  { name: "door", meaning: "door of the registry; empty: the store", value: ({ door }) => textField(door ?? "") },
  { name: "in", meaning: "persons in", value: (_, hour) => hour.in },
  { name: "out", meaning: "persons out", value: (_, hour) => hour.out },
  { name: "raw", meaning: "in less out since the reset, as counted", value: (_, { raw }) => raw },
  {
    name: "inside",
    meaning: "persons inside at the end of the hour, without the drift; empty where nobody can know",
    value: (day, { inside }) => (isKnown(day) ? inside : ""),
  },
  { name: "day_balance", meaning: "in less out of the whole day", value: ({ balance }) => balance },
  {
    name: "state",
    meaning:
      "whole: over, ends at 0; running: corrected as the days before were; gap: a line was not watched; unbalanced: in and out differ by more than a quarter",
    value: ({ state }) => state,
  },
  {
    name: "quality",
    meaning: "repaired: some counts are estimates",
    value: (_, h) => (h.isRepaired ? "repaired" : ""),
  },
];

/** UTF-8 byte order mark and the line of column names. */
export const OCCUPANCY_CSV_HEAD = `\uFEFF${OCCUPANCY_COLUMNS.map(({ name }) => name).join(",")}\r\n`;

const DAYS_PER_READ = 31;
/** Days before, which tell how to correct a day that is not over. */
const DAYS_BEFORE = 28;

export interface OccupancyRequest {
  readonly range: DateRange;
  readonly premises: Premises;
  readonly nowLocal: string;
  readonly signal?: AbortSignal;
}

/** RFC 4180 text, piece by piece; one piece is read only when the one before was taken. */
export async function* occupancyCsvParts(
  warehouse: Pick<TrafficStore, "traffic">,
  store: StoreInfo,
  { range, premises, nowLocal, signal }: OccupancyRequest,
): AsyncGenerator<string> {
  const wish: ReadWish = { isExport: true, ...(signal && { signal }) };
  yield OCCUPANCY_CSV_HEAD;
  for (const part of splitRange(range, DAYS_PER_READ)) {
    const known = { from: addDays(part.from, -DAYS_BEFORE), to: part.to };
    const rows = await warehouse.traffic(
      store,
      { from: addDays(known.from, -1), to: addDays(part.to, 1) },
      "hour",
      wish,
    );
    signal?.throwIfAborted();
    const days = placeDaysOf({ rows, dates: datesOf(known), premises, nowLocal });
    const wanted = days.filter(({ date }) => date >= part.from);
    if (wanted.length > 0) yield wanted.map(linesOf).join("");
  }
}

const linesOf = (day: PlaceDay) =>
  day.hours.map((hour) => `${OCCUPANCY_COLUMNS.map(({ value }) => value(day, hour)).join(",")}\r\n`).join("");
