import { addDays } from "../calendar.ts";
import { parsePlace, publicHolidays } from "../registry/holidays.ts";
import type { DayNote } from "./panel.ts";

/** The holidays of a place such as `AU-VIC` in a stretch of dates. Throws `AppError` for a place that is not known. */
export function holidayNotes(place: string, from: string, days: number): ReadonlyMap<string, DayNote> {
  const to = addDays(from, Math.max(0, days - 1));
  const names = publicHolidays.holidays(parsePlace(place), Number(from.slice(0, 4)), Number(to.slice(0, 4)));
  return new Map([...names].map(([date, holiday]) => [date, { holiday }]));
}
