// date-holidays: the only kept library with the states of every country; code ISC, data CC BY-SA 3.0 (README).
import Holidays from "date-holidays";
import { AppError } from "../../firmware-config/kit/errors.ts";
import { safeLine } from "../../firmware-config/kit/safe-text.ts";
import { datesOf } from "../calendar.ts";
import type { HolidaySource, Place } from "./holiday-port.ts";
import { PREFECTURES } from "./masks/japan-covid.ts";

/** Working days that people take off together: those from Christmas to New Year, and in Japan the last ones of the year. */
const YEAR_END = "Year end";

/** Days off by custom, `MM-DD`, which no law names. */
const CUSTOMARY: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  JP: {
    ...{ "08-13": "Obon", "08-14": "Obon", "08-15": "Obon", "08-16": "Obon" },
    ...{ "12-29": YEAR_END, "12-30": YEAR_END, "12-31": YEAR_END },
    ...{ "01-02": "New Year", "01-03": "New Year" },
  },
};

const COUNTRIES = new Holidays().getCountries();

/** Regions without holidays of their own, by which other things are known, such as emergencies: the library has no list of them. */
const REGIONS: Readonly<Record<string, readonly string[]>> = { JP: PREFECTURES };

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

  fault({ country, region }) {
    if (!Object.hasOwn(COUNTRIES, country))
      return { key: "country", text: "no such country is known; write its code of ISO 3166: JP, AU, US" };
    const regions = REGIONS[country] ?? statesOf(country);
    if (region === undefined || regions.length === 0 || regions.includes(region)) return undefined;
    return { key: "region", text: `no such region of ${country} is known; allowed: ${regions.join(", ")}` };
  },
};

/** Reads the place `AU-VIC`, as commands take it. */
export function parsePlace(text: string): Place {
  const [country = "", region] = text.toUpperCase().split("-");
  return { country, ...(region !== undefined && { region }) };
}

function libraryOf(place: Place): Holidays {
  const { country, region } = place;
  const fault = publicHolidays.fault(place);
  if (fault) throw noSuchPlace(fault.key === "country" ? country : `${country}-${region}`);
  if (region === undefined || statesOf(country).length === 0) return new Holidays(country);
  return new Holidays(country, region);
}

const statesOf = (country: string) => Object.keys(new Holidays().getStates(country) ?? {});

/** A single working day that a holiday and a weekend shut in, and all of them from Christmas to New Year where both are kept. */
function addBridges(names: Map<string, string>, fromYear: number, toYear: number): void {
  for (let year = fromYear; year <= toYear; year++) {
    if (!names.has(`${year}-12-25`)) continue;
    for (const date of datesOf({ from: `${year}-12-26`, to: `${year}-12-31` }))
      if (!isWeekend(date) && !names.has(date)) names.set(date, YEAR_END);
  }
  let run: string[] = [];
  let isAfterHoliday = false;
  for (const date of datesOf({ from: `${fromYear}-01-01`, to: `${toYear}-12-31` })) {
    const isHoliday = names.has(date);
    if (!isHoliday && !isWeekend(date)) {
      run.push(date);
      continue;
    }
    const [only, ...more] = run;
    if (only && more.length === 0 && (isHoliday || isAfterHoliday)) names.set(only, "Bridge day");
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
