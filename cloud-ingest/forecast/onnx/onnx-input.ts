import type { DateTable } from "../port.ts";
import { CALENDAR_COLUMNS, type OnnxShape } from "./onnx-contract.ts";

const WEEK = 7;

/** The dates of one series before `day`, with those that were foretold already. */
export interface Window {
  /** By date from the first of the history on; NaN where not known. */
  readonly values: Float64Array;
  readonly dates: DateTable;
  /** The first date that is foretold. */
  readonly day: number;
}

/** One series' rows of `people` and `known`: what is not known is as on the same weekday before, else after, else the mean. */
export function pastRows(
  { values, day }: Omit<Window, "dates">,
  past: number,
): { people: Float32Array; known: Float32Array } {
  const people = Float32Array.from({ length: past }, (_, at) => values[day - past + at] ?? Number.NaN);
  const known = people.map((value) => (Number.isNaN(value) ? 0 : 1));
  for (let at = WEEK; at < past; at++) if (Number.isNaN(people[at]!)) people[at] = people[at - WEEK]!;
  for (let at = past - WEEK - 1; at >= 0; at--) if (Number.isNaN(people[at]!)) people[at] = people[at + WEEK]!;
  const found = people.filter((value) => !Number.isNaN(value));
  const mean = found.reduce((sum, value) => sum + value, 0) / Math.max(1, found.length);
  return { people: people.map((value) => (Number.isNaN(value) ? mean : value)), known };
}

/** One series' rows of `calendar`, past and ahead. Dates before the history have their weekday alone. */
export function calendarRows({ dates, day }: Omit<Window, "values">, { past, ahead }: OnnxShape): Float32Array {
  const rows = new Float32Array((past + ahead) * CALENDAR_COLUMNS);
  for (let at = 0; at < past + ahead; at++) {
    const date = day - past + at;
    const weekday = ((((dates.weekday[0] ?? 0) + date) % WEEK) + WEEK) % WEEK;
    const { yearDay, holiday, isClosed } = dates;
    const row = [weekday, yearDay[date] ?? 0, (holiday[date] ?? 0) > 0 ? 1 : 0, isClosed[date] ?? 0];
    rows.set(row, at * CALENDAR_COLUMNS);
  }
  return rows;
}
