import { expect, test } from "vitest";
import { parsePlace, publicHolidays } from "../../../cloud-ingest/registry/holidays.ts";

const of = (place: string, year: number) => publicHolidays.holidays(parsePlace(place), year, year);

test("Japan: laws, Obon, the turn of the year, and the days between", () => {
  const japan = of("JP", 2026);
  expect(japan.get("2026-01-01")).toBeDefined();
  expect(japan.get("2026-01-02")).toBe("New Year");
  expect(japan.get("2026-08-14")).toBe("Obon");
  expect(japan.get("2026-12-30")).toBe("Year end");
  // 2026-09-21 is Respect for the Aged Day, 2026-09-23 the equinox; the day between is a holiday by law.
  expect(japan.has("2026-09-22")).toBe(true);
  expect(japan.has("2026-06-10")).toBe(false);
  // A prefecture has the holidays of its country.
  expect(of("JP-13", 2026)).toEqual(japan);
});

test.each([
  ["AU-VIC", "2016-11-01", true],
  ["AU-NSW", "2016-11-01", false],
  ["DE-BY", "2026-06-04", true],
  ["DE-BE", "2026-06-04", false],
  ["US", "2026-07-04", true],
])("%s on %s: %s", (place, date, isHoliday) => {
  expect(of(place, Number(date.slice(0, 4))).has(date)).toBe(isHoliday);
});

test("a single working day beside a holiday and a weekend is a bridge", () => {
  // Thursday 2026-05-14 is Ascension Day.
  expect(of("DE", 2026).get("2026-05-15")).toBe("Bridge day");
  expect(of("DE", 2026).has("2026-05-18")).toBe(false);
});

test.each([
  // Boxing Day and its substitute are holidays; the last day of the year is a Saturday.
  ["AU-VIC", 2016, ["2016-12-28", "2016-12-29", "2016-12-30"]],
  ["AU-VIC", 2013, ["2013-12-27", "2013-12-30", "2013-12-31"]],
  ["US-NY", 2014, ["2014-12-26", "2014-12-29", "2014-12-30", "2014-12-31"]],
  // Christmas is no holiday there.
  ["JP", 2026, ["2026-12-29", "2026-12-30", "2026-12-31"]],
])("%s, %i: the working days from Christmas to New Year have a name of their own", (place, year, dates) => {
  expect([...of(place, year)].filter(([, name]) => name === "Year end").map(([date]) => date)).toEqual(dates);
});

test("only the years that were asked for, in order", () => {
  const dates = [...of("JP", 2026).keys()];
  expect(dates).toEqual([...dates].sort());
  expect(dates.every((date) => date.startsWith("2026-"))).toBe(true);
});

test.each(["XX", "AU-XXX", "JP-99", "JP-1", "JP-48", "", "constructor", "J\u001b[2J"])(
  "no holidays are known of %j",
  (place) => {
    expect(() => of(place, 2026)).toThrow(/No holidays are known/);
  },
);

test.each([
  { country: "JP", region: "01", fault: undefined },
  { country: "JP", region: "47", fault: undefined },
  {
    country: "JP",
    region: "00",
    fault: { key: "region", text: expect.stringMatching(/ of JP .*allowed: 01, 02, .*, 47$/) },
  },
  { country: "AU", region: "XXX", fault: { key: "region", text: expect.stringMatching(/allowed: .*VIC/) } },
  { country: "ZZ", region: "01", fault: { key: "country", text: expect.stringMatching(/ISO 3166/) } },
  { country: "AU", region: undefined, fault: undefined },
  // A country of which the library knows no regions: any is let through.
  { country: "IS", region: "1", fault: undefined },
])("$country-$region", ({ country, region, fault }) => {
  expect(publicHolidays.fault({ country, ...(region !== undefined && { region }) })).toEqual(fault);
});
