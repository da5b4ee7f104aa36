import type { DateTable } from "../port.ts";
import { remembered } from "../remembered.ts";

/**
 * Columns of a regression on the calendar, by groups which have a meaning; each with its penalty in observations. Of each date of the table only what is
 * not 0 is kept, as of forty columns fifteen are: those of date `day` are `column` and `value` from `first[day]` to before `first[day + 1]`, by column.
 */
export interface Design {
  readonly columns: number;
  readonly first: Int32Array;
  readonly column: Uint16Array;
  readonly value: Float64Array;
  readonly penalty: Float64Array;
  readonly groups: Readonly<Record<Group, Range>>;
}

export type Group = "base" | "weekday" | "season" | "trend" | "holiday" | "event" | "regressors";

/** First column and the one behind the last. */
export type Range = readonly [number, number];

const YEAR = 365.25;
const HARMONICS = 6;
/**
 * Penalties: variance of the noise over that of the effect. A day varies by some .2 in the logarithm, weekdays by .4, holidays by .4, a first harmonic by .2;
 * k-th harmonics fall with k, as a season is smooth.
 */
const PENALTY = {
  weekday: 0.3,
  harmonic: 2,
  trend: 20,
  holiday: 0.7,
  common: 0.5,
  beside: 2,
  event: 1,
  regressor: 5,
} as const;

interface Column {
  readonly group: Group;
  readonly penalty: number;
  readonly at: (day: number) => number;
}

const made = new WeakMap<DateTable, Design>();

/** The design of a calendar; the same for all series that share it. */
export function designOf(dates: DateTable): Design {
  return remembered(made, dates, () => makeDesign(dates));
}

function makeDesign(dates: DateTable): Design {
  const columns = [
    { group: "base" as const, penalty: 1e-6, at: () => 1 },
    ...Array.from({ length: 7 }, (_, weekday) => ({
      group: "weekday" as const,
      penalty: PENALTY.weekday,
      at: (day: number) => (dates.weekday[day] === weekday ? 1 : 0),
    })),
    ...seasonColumns(),
    { group: "trend" as const, penalty: PENALTY.trend, at: (day: number) => day / YEAR },
    ...holidayColumns(dates),
    ...named(dates.event, dates.eventNames, { group: "event", penalty: PENALTY.event }),
    ...dates.regressors.map((values) => ({
      group: "regressors" as const,
      penalty: PENALTY.regressor,
      at: (day: number) => values[day]!,
    })),
  ];
  return filled(columns, dates.weekday.length);
}

function seasonColumns(): Column[] {
  return Array.from({ length: 2 * HARMONICS }, (_, i) => {
    const k = (i >> 1) + 1;
    const wave = i % 2 === 0 ? Math.sin : Math.cos;
    return {
      group: "season" as const,
      penalty: PENALTY.harmonic * k * k,
      at: (day: number) => wave((2 * Math.PI * k * day) / YEAR),
    };
  });
}

/** A name's own effect about that of any holiday on such a day, and what holidays do to the dates beside them. */
function holidayColumns({ holiday, holidayNames, weekday }: DateTable): Column[] {
  const isOff = (day: number) => (holiday[day] ?? 0) !== 0;
  const isWeekend = (day: number) => weekday[day]! >= 5;
  const group = "holiday" as const;
  const flag = (penalty: number, is: (day: number) => boolean) => ({
    group,
    penalty,
    at: (day: number) => (is(day) ? 1 : 0),
  });
  return [
    flag(PENALTY.common, (day) => isOff(day) && !isWeekend(day)),
    flag(PENALTY.common, (day) => isOff(day) && isWeekend(day)),
    flag(PENALTY.beside, (day) => !isOff(day) && isOff(day + 1)),
    flag(PENALTY.beside, (day) => !isOff(day) && isOff(day - 1)),
    ...named(holiday, holidayNames, { group, penalty: PENALTY.holiday }),
  ];
}

function named(codes: Uint16Array, names: readonly string[], by: { group: Group; penalty: number }): Column[] {
  return names.map((_, i) => ({ ...by, at: (day: number) => (codes[day] === i + 1 ? 1 : 0) }));
}

function filled(columns: readonly Column[], days: number): Design {
  const n = columns.length;
  const first = new Int32Array(days + 1);
  const column: number[] = [];
  const value: number[] = [];
  for (let day = 0; day < days; day++) {
    for (let c = 0; c < n; c++) {
      const x = columns[c]!.at(day);
      if (x === 0) continue;
      column.push(c);
      value.push(x);
    }
    first[day + 1] = column.length;
  }
  const range = (group: Group): Range => {
    const first = columns.findIndex((column) => column.group === group);
    return first < 0 ? [0, 0] : [first, columns.findLastIndex((column) => column.group === group) + 1];
  };
  const groups = {
    base: range("base"),
    weekday: range("weekday"),
    season: range("season"),
    trend: range("trend"),
    holiday: range("holiday"),
    event: range("event"),
    regressors: range("regressors"),
  };
  return {
    ...{ columns: n, first, column: Uint16Array.from(column), value: Float64Array.from(value) },
    penalty: Float64Array.from(columns, ({ penalty }) => penalty),
    groups,
  };
}
