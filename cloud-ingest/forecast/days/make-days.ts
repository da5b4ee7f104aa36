import type { Context, DateTable, Days, History } from "../port.ts";
import { remembered } from "../remembered.ts";
import { columnsOf, dateTable, tableBefore } from "./date-table.ts";
import { dayTotals } from "./day-totals.ts";
import { outageDates } from "./outage.ts";
import { rescaleShocks } from "./shock.ts";

/** Totals by date of all series as they were counted, with the calendar as far as a horizon behind them. */
export function makeDays(history: History, context: Context, horizonDays: number): Days {
  const span = { from: history.from, length: history.days + horizonDays, origin: history.days };
  const totals = history.names.map((_, series) => dayTotals(history, series));
  const columns = (series: number) => columnsOf(context.regressors ?? [], series);
  const isShared =
    context.calendars.length === 1 &&
    (context.regressors ?? []).every(({ values, marks }) => values.length === 1 && (marks?.length ?? 1) === 1);
  const shared = isShared ? dateTable(span, context.calendars[0]!, columns(0)) : undefined;
  return {
    from: history.from,
    days: history.days,
    names: history.names,
    values: totals.map(({ values }) => values),
    weights: totals.map(({ weights }) => weights),
    dates: history.names.map(
      (_, i) => shared ?? dateTable(span, context.calendars[context.calendars.length === 1 ? 0 : i]!, columns(i)),
    ),
  };
}

/**
 * The days before an origin as members see them: shocks and outages gone, levels before a shock rescaled. Made from those days alone, so
 * that nothing behind the origin can be told from them.
 */
export function daysBefore(all: Days, origin: number): Days {
  const prepared = all.names.map((_, series) => {
    const values = all.values[series]!.slice(0, origin);
    const weights = all.weights[series]!.slice(0, origin);
    const dates = all.dates[series]!;
    const isOut = outageDates(values, dates);
    for (let day = 0; day < origin; day++) {
      if (isOut[day] === 1 || dates.isShock[day] === 1 || dates.isClosed[day] === 1) values[day] = Number.NaN;
      if (Number.isNaN(values[day]!)) weights[day] = 0;
    }
    rescaleShocks(values, dates);
    return { values, weights };
  });
  return {
    from: all.from,
    days: origin,
    names: all.names,
    values: prepared.map(({ values }) => values),
    weights: prepared.map(({ weights }) => weights),
    dates: datesBefore(all, origin),
  };
}

/** Series that share a table go on sharing one. */
function datesBefore({ dates }: Days, origin: number): readonly DateTable[] {
  const made = new Map<DateTable, DateTable>();
  return dates.map((table) => remembered(made, table, () => tableBefore(table, origin)));
}
