import { AppError } from "../../../firmware-config/kit/errors.ts";
import { groupBy } from "../../group-by.ts";
import { holidayNotes } from "../../quality/holiday-notes.ts";
import type { DayNote, Panel } from "../../quality/panel.ts";
import { dayTotals } from "../days/day-totals.ts";
import { withClosedHours } from "../hourly/closed-hours.ts";
import type { Calendar, Context, History } from "../port.ts";
import { type NamedDate, readDates } from "./read-dates.ts";
import { readRegressors } from "./read-regressors.ts";

export interface CalendarFiles {
  /** A place such as `AU-VIC`, or a CSV of dates. */
  readonly holidays?: string;
  readonly mask?: string;
  /** A CSV of numbers beside the counts. */
  readonly regressors?: string;
}

/** Calendars of all series: one for all where no line is of one series alone. Throws `AppError` for a place or a file that is not known. */
export async function contextOf(
  panel: Panel,
  { holidays, mask, regressors }: CalendarFiles,
  horizonDays: number,
): Promise<Context> {
  const off = holidays === undefined ? [] : await holidayDates(holidays, panel, horizonDays);
  const masked = mask === undefined ? [] : await readDates(mask, "masked");
  const known = new Set(panel.names);
  const strange = [...off, ...masked].find(({ series }) => series !== undefined && !known.has(series));
  if (strange)
    throw new AppError(`A date is of series ${JSON.stringify(strange.series)}, which is not in the file of series`, {
      code: "USAGE",
      hint: "Write its name as that file does, or leave it empty for all.",
    });
  const isOfOne = [...off, ...masked].some(({ series }) => series !== undefined);
  const [offBy, maskedBy] = [bySeries(off), bySeries(masked)];
  const calendars = (isOfOne ? panel.names : [undefined]).map((name) => calendarOf(name, offBy, maskedBy));
  if (regressors === undefined) return { calendars };
  const span = { from: panel.from, days: panel.days + horizonDays, names: panel.names };
  return { calendars, regressors: await readRegressors(regressors, span) };
}

async function holidayDates(holidays: string, panel: Panel, horizonDays: number): Promise<NamedDate[]> {
  if (/\.csv$/i.test(holidays) || holidays.includes("/")) return readDates(holidays, "holiday");
  const notes = holidayNotes(holidays, panel.from, panel.days + horizonDays + 7);
  return [...notes].map(([date, { holiday = "" }]) => ({ date, name: holiday }));
}

type BySeries = ReadonlyMap<string, readonly NamedDate[]>;
/** No series has this name: a row without one is refused. */
const ALL = "";

/** Grouped once: all dates looked through for each of thousands of series take minutes. */
const bySeries = (dates: readonly NamedDate[]): BySeries => groupBy(dates, ({ series = ALL }) => series);

/** What is told of the series itself is the last word. */
function calendarOf(name: string | undefined, off: BySeries, masked: BySeries): Calendar {
  const mine = (dates: BySeries) => [...(dates.get(ALL) ?? []), ...(name === undefined ? [] : (dates.get(name) ?? []))];
  const calendar = new Map<string, DayNote>();
  for (const { date, name: holiday } of mine(off)) calendar.set(date, { holiday });
  for (const { date, name: shock } of mine(masked)) calendar.set(date, { ...calendar.get(date), shock });
  return calendar;
}

/** The panel by the step that is asked for: hours are summed to dates, dates cannot be made hours. */
export function historyOf(panel: Panel, frequency: "D" | "H"): History {
  const { from, days, names, values } = panel;
  if (frequency === "H" && panel.step === "day")
    throw new AppError("The series are by date; --freq H needs them by hour", {
      code: "USAGE",
      hint: "Write --freq D.",
    });
  const hourly: History = { step: panel.step, from, days, names, values };
  if (frequency === "H" || panel.step === "day") return hourly;
  const open = withClosedHours(hourly);
  return { ...hourly, step: "day", values: names.map((_, i) => dayTotals(open, i).values) };
}
