import { addDays } from "../../calendar.ts";
import type { Calendar, DateTable, NamedColumn, Regressor } from "../port.ts";

const DAY_MS = 86_400_000;

export interface Span {
  /** First date, `YYYY-MM-DD`. */
  readonly from: string;
  /** Dates of the history and of the horizon. */
  readonly length: number;
  /** Dates of the history. */
  readonly origin: number;
}

/** The calendar of one place in columns, with the numbers beside it as they are known where the history ends. */
export function dateTable(
  { from, length, origin }: Span,
  calendar: Calendar,
  numbers: readonly NamedColumn[],
): DateTable {
  const names = { holiday: new Names(), event: new Names() };
  const table = {
    weekday: new Uint8Array(length),
    yearDay: new Uint16Array(length),
    holiday: new Uint16Array(length),
    event: new Uint16Array(length),
    isClosed: new Uint8Array(length),
    isShock: new Uint8Array(length),
  };
  const first = (new Date(from).getUTCDay() + 6) % 7;
  for (let day = 0; day < length; day++) {
    const date = addDays(from, day);
    const note = calendar.get(date);
    table.weekday[day] = (first + day) % 7;
    table.yearDay[day] = Math.round((Date.parse(date) - Date.parse(`${date.slice(0, 4)}-01-01`)) / DAY_MS);
    if (!note) continue;
    table.holiday[day] = names.holiday.indexOf(note.holiday);
    table.event[day] = names.event.indexOf(note.event);
    table.isClosed[day] = note.isClosed ? 1 : 0;
    table.isShock[day] = note.shock ? 1 : 0;
  }
  return {
    ...table,
    holidayNames: names.holiday.all,
    eventNames: names.event.all,
    regressors: numbers.map((column) => standardised(column, origin, length)),
    regressorNames: numbers.map(({ name }) => name),
    numbers,
  };
}

/** The table as an origin knows it: of what is not known ahead nothing from there on. The table itself where there are no numbers. */
export function tableBefore(table: DateTable, origin: number): DateTable {
  if (table.numbers.length === 0) return table;
  const length = table.weekday.length;
  return { ...table, regressors: table.numbers.map((column) => standardised(column, origin, length)) };
}

/** The regressors of one series; one of which it has no number that was known before its date is none that is known ahead. */
export function columnsOf(regressors: readonly Regressor[], series: number): NamedColumn[] {
  return regressors.map(({ values, marks, isKnownAhead, ...about }) => {
    const own = marks && (marks[marks.length === 1 ? 0 : series] ?? new Uint8Array(0));
    return {
      ...{ ...about, isKnownAhead: isKnownAhead && (own?.includes(1) ?? true), ...(own && { marks: own }) },
      values: values[values.length === 1 ? 0 : series] ?? new Float64Array(0),
    };
  });
}

/** Whether an origin knows the number of a date, if there is one. */
export function isKnownAt(
  { isKnownAhead, marks, reachDays = Number.POSITIVE_INFINITY }: NamedColumn,
  origin: number,
  day: number,
): boolean {
  if (day < origin) return true;
  return isKnownAhead && (marks === undefined || marks[day] === 1) && day - origin < reachDays;
}

/**
 * Centred on the numbers before the origin and divided by their spread, so that one penalty fits all and 0 stands for the usual. What lies beyond all that was seen
 * there counts as the farthest that was: nothing is known of what it does.
 */
function standardised(column: NamedColumn, origin: number, length: number): Float64Array {
  const { values } = column;
  let [count, sum, squares] = [0, 0, 0];
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values.subarray(0, origin)) {
    if (!Number.isFinite(value)) continue;
    count++;
    sum += value;
    squares += value * value;
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  const out = new Float64Array(length);
  const mean = count > 0 ? sum / count : 0;
  const spread = Math.sqrt(Math.max(0, squares / Math.max(1, count) - mean * mean));
  if (!(most > least && spread > 0)) return out;
  for (let day = 0; day < length && day < values.length; day++) {
    const value = values[day]!;
    if (Number.isFinite(value) && isKnownAt(column, origin, day))
      out[day] = (Math.min(most, Math.max(least, value)) - mean) / spread;
  }
  return out;
}

/** Numbers names from 1 in the order of their first date. */
class Names {
  readonly all: string[] = [];

  indexOf(name: string | undefined): number {
    if (name === undefined || name === "") return 0;
    const known = this.all.indexOf(name);
    return (known >= 0 ? known : this.all.push(name) - 1) + 1;
  }
}
