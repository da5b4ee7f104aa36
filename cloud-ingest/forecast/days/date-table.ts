import { addDays } from "../../calendar.ts";
import type { Calendar, DateTable, Regressor } from "../port.ts";

const DAY_MS = 86_400_000;

export interface Span {
  /** First date, `YYYY-MM-DD`. */
  readonly from: string;
  /** Dates of the history and of the horizon. */
  readonly length: number;
}

/**
 * The calendar of one place in columns. Regressors are centred on their known values and divided by their spread, so that
 * one penalty fits all and 0 stands for the usual; those not known ahead are 0 behind the history by their NaN.
 */
export function dateTable({ from, length }: Span, calendar: Calendar, regressors: readonly NamedColumn[]): DateTable {
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
    regressors: regressors.map(({ values }) => standardised(values, length)),
    regressorNames: regressors.map(({ name }) => name),
    isKnownAhead: regressors.map(({ isKnownAhead }) => isKnownAhead),
  };
}

/** The table as an origin knows it: what is not known ahead has its usual value from there on. The table itself where all is known ahead. */
export function tableBefore(table: DateTable, origin: number): DateTable {
  if (table.isKnownAhead.every((isKnown) => isKnown)) return table;
  const regressors = table.regressors.map((values, i) =>
    table.isKnownAhead[i] ? values : values.map((value, day) => (day < origin ? value : 0)),
  );
  return { ...table, regressors };
}

export interface NamedColumn {
  readonly name: string;
  readonly isKnownAhead: boolean;
  readonly values: Float64Array;
}

/** The regressors of one series; what is not known ahead ends with the history. */
export function columnsOf(regressors: readonly Regressor[], series: number, historyDays: number): NamedColumn[] {
  return regressors.map(({ name, isKnownAhead, values }) => {
    const column = values[values.length === 1 ? 0 : series] ?? new Float64Array(0);
    return { name, isKnownAhead, values: isKnownAhead ? column : column.subarray(0, historyDays) };
  });
}

function standardised(values: Float64Array, length: number): Float64Array {
  let [count, sum, squares] = [0, 0, 0];
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    count++;
    sum += value;
    squares += value * value;
  }
  const mean = count > 0 ? sum / count : 0;
  const spread = Math.sqrt(Math.max(0, squares / Math.max(1, count) - mean * mean));
  const out = new Float64Array(length);
  for (let i = 0; i < length && i < values.length; i++)
    if (Number.isFinite(values[i]!) && spread > 0) out[i] = (values[i]! - mean) / spread;
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
