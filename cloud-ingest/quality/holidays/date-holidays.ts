// date-holidays: the only kept library with the states of every country (AU-VIC, US-NY, DE-BY); code ISC, data CC BY-SA 3.0, see the README.
import Holidays from "date-holidays";
import { AppError } from "../../../firmware-config/kit/errors.ts";
import { datesOf } from "../../calendar.ts";
import type { DayNote } from "../panel.ts";
import type { HolidaySource } from "./port.ts";

/** Kinds that change traffic; observances such as a flag day do not. */
const KINDS = ["public", "bank"];

/** Japan's customary days off, which no law names: Obon and the turn of the year. */
const CUSTOMARY: Readonly<Record<string, readonly (readonly [month: number, day: number, name: string])[]>> = {
  JP: [
    ...[13, 14, 15, 16].map((day) => [8, day, "Obon"] as const),
    ...[29, 30, 31].map((day) => [12, day, "Year end"] as const),
    ...[1, 2, 3].map((day) => [1, day, "New Year"] as const),
  ],
};

/** Holidays of a place such as `AU-VIC` by date-holidays, with customary ones. */
export const dateHolidays: HolidaySource = { notesOf: holidaysOf };

export async function holidaysOf(
  place: string,
  fromYear: number,
  toYear: number,
): Promise<ReadonlyMap<string, DayNote>> {
  const [country = "", state, region] = place.toUpperCase().split("-");
  const source = new Holidays({ country, ...(state && { state }), ...(region && { region }) });
  if (!new Holidays().getCountries()[country] || (state && !source.getStates(country)?.[state]))
    throw noSuchPlace(place);
  const notes = new Map<string, DayNote>();
  for (let year = fromYear; year <= toYear; year++) {
    for (const [month, day, name] of CUSTOMARY[country] ?? [])
      notes.set(`${year}-${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}`, { holiday: name });
    for (const { date, name, type } of source.getHolidays(year))
      if (KINDS.includes(type)) notes.set(date.slice(0, 10), { holiday: name });
  }
  addBridges(notes, fromYear, toYear);
  return notes;
}

/** Longest run of working dates between days off that people take off as well: the days between the years. */
const LONGEST_BRIDGE = 4;

/** Notes working dates that are shut in by holidays and weekends: one date anywhere, more at the turn of the year. */
function addBridges(notes: Map<string, DayNote>, fromYear: number, toYear: number): void {
  const dates = datesOf({ from: `${fromYear}-01-01`, to: `${toYear}-12-31` });
  let run: string[] = [];
  let isAfterHoliday = false;
  for (const date of dates) {
    const isHoliday = notes.has(date);
    if (!isHoliday && ![0, 6].includes(new Date(date).getUTCDay())) {
      run.push(date);
      continue;
    }
    const isYearEnd = run.every((day) => day.slice(5) >= "12-24");
    const isShutIn = run.length === 1 ? isHoliday || isAfterHoliday : isYearEnd && isHoliday && isAfterHoliday;
    if (run.length > 0 && run.length <= LONGEST_BRIDGE && isShutIn)
      for (const day of run) notes.set(day, { holiday: "Bridge day" });
    if (run.length > 0 || isHoliday) isAfterHoliday = isHoliday;
    run = [];
  }
}

function noSuchPlace(place: string): AppError {
  return new AppError(`No holidays are known of ${JSON.stringify(place)}`, {
    code: "USAGE",
    hint: "Write a country by ISO 3166, with its state where it has one: AU-VIC, US-NY, JP.",
  });
}
