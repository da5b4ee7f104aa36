// date-holidays: the only kept library with the states of every country; code ISC, data CC BY-SA 3.0 (README).
import Holidays from "date-holidays";
import { AppError } from "../../firmware-config/kit/errors.ts";
import { safeLine } from "../../firmware-config/kit/safe-text.ts";
import { datesOf } from "../calendar.ts";
import type { HolidaySource, Place } from "./holiday-port.ts";

/** Days off by custom, `MM-DD`, which no law names. */
const CUSTOMARY: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  JP: {
    ...{ "08-13": "Obon", "08-14": "Obon", "08-15": "Obon", "08-16": "Obon" },
    ...{ "12-29": "Year end", "12-30": "Year end", "12-31": "Year end" },
    ...{ "01-02": "New Year", "01-03": "New Year" },
  },
};

/** Longest run of working days that people take off together: the days between the years. */
const LONGEST_BRIDGE = 4;

/** Public holidays, customary ones, those of banks, and bridge days; observances such as a flag day change no traffic. */
export const publicHolidays: HolidaySource = {
  holidays(place, fromYear, toYear) {
    const source = libraryOf(place);
    // A bridge may lead into the next year.
    const names = new Map<string, string>();
    for (let year = fromYear - 1; year <= toYear + 1; year++) {
      const all = source.getHolidays(year);
      const ofKind = (kind: string) =>
        all.filter(({ type }) => type === kind).map((one) => [one.date.slice(0, 10), one.name]);
      const customary = Object.entries(CUSTOMARY[place.country] ?? {}).map(([day, name]) => [`${year}-${day}`, name]);
      for (const [date = "", name = ""] of [...ofKind("public"), ...customary, ...ofKind("bank")])
        if (!names.has(date)) names.set(date, name);
    }
    addBridges(names, fromYear - 1, toYear + 1);
    const asked = [...names].filter(([date]) => date >= `${fromYear}-01-01` && date <= `${toYear}-12-31`);
    return new Map(asked.sort(([a], [b]) => (a < b ? -1 : 1)));
  },
};

/** Reads the place `AU-VIC`, as commands take it. */
export function parsePlace(text: string): Place {
  const [country = "", region] = text.toUpperCase().split("-");
  return { country, ...(region !== undefined && { region }) };
}

function libraryOf({ country, region }: Place): Holidays {
  const library = new Holidays();
  if (!Object.hasOwn(library.getCountries(), country)) throw noSuchPlace(country);
  const states = library.getStates(country) ?? {};
  if (region === undefined || Object.keys(states).length === 0) return new Holidays(country);
  if (!Object.hasOwn(states, region)) throw noSuchPlace(`${country}-${region}`);
  return new Holidays(country, region);
}

/** Working days that are shut in by holidays and weekends: a single one anywhere, more at the turn of the year. */
function addBridges(names: Map<string, string>, fromYear: number, toYear: number): void {
  let run: string[] = [];
  let isAfterHoliday = false;
  for (const date of datesOf({ from: `${fromYear}-01-01`, to: `${toYear}-12-31` })) {
    const isHoliday = names.has(date);
    if (!isHoliday && !isWeekend(date)) {
      run.push(date);
      continue;
    }
    const isYearEnd = run.every((day) => day.slice(5) >= "12-24") && isHoliday && isAfterHoliday;
    const isShutIn = run.length === 1 ? isHoliday || isAfterHoliday : isYearEnd;
    if (run.length > 0 && run.length <= LONGEST_BRIDGE && isShutIn) for (const day of run) names.set(day, "Bridge day");
    if (run.length > 0 || isHoliday) isAfterHoliday = isHoliday;
    run = [];
  }
}

const isWeekend = (date: string) => [0, 6].includes(new Date(date).getUTCDay());

function noSuchPlace(place: string): AppError {
  return new AppError(`No holidays are known of ${safeLine(place)}`, {
    code: "USAGE",
    hint: "Write a country by ISO 3166, with its region where holidays differ: JP, AU-VIC, US-NY, DE-BY.",
  });
}
