import { describe, expect, test } from "vitest";
import { INTL } from "../../../cloud-ingest/zone/intl.ts";
import { isZoneName, zoneOf } from "../../../cloud-ingest/zone/rules.ts";

const iso = (epochMs: number) => new Date(epochMs).toISOString();

describe("lengths of hours", () => {
  test.each([
    { date: "2026-11-23", timeZone: "Asia/Tokyo", hour: 2, lengthS: 3600, day: 24 },
    { date: "2026-03-29", timeZone: "Europe/Paris", hour: 2, lengthS: 0, day: 23 },
    { date: "2026-10-25", timeZone: "Europe/Paris", hour: 2, lengthS: 7200, day: 25 },
    { date: "2026-04-05", timeZone: "Australia/Lord_Howe", hour: 1, lengthS: 5400, day: 24.5 },
    { date: "2025-10-05", timeZone: "Australia/Lord_Howe", hour: 2, lengthS: 1800, day: 23.5 },
    { date: "2026-11-23", timeZone: "Pacific/Kiritimati", hour: 0, lengthS: 3600, day: 24 },
    { date: "2026-11-23", timeZone: "Pacific/Pago_Pago", hour: 23, lengthS: 3600, day: 24 },
    { date: "2011-12-30", timeZone: "Pacific/Apia", hour: 12, lengthS: 0, day: 0 },
    { date: "2010-11-06", timeZone: "America/St_Johns", hour: 23, lengthS: 7140, day: 24 + 3540 / 3600 },
    { date: "2010-11-07", timeZone: "America/St_Johns", hour: 0, lengthS: 3660, day: 24 + 60 / 3600 },
    { date: "1972-01-07", timeZone: "Africa/Monrovia", hour: 0, lengthS: 930, day: 24 - 2670 / 3600 },
    { date: "2025-02-23", timeZone: "Africa/Casablanca", hour: 2, lengthS: 7200, day: 25 },
    { date: "2050-10-30", timeZone: "Europe/Paris", hour: 2, lengthS: 7200, day: 25 },
  ])("$date in $timeZone has $day hours", ({ date, timeZone, hour, lengthS, day }) => {
    const lengths = zoneOf(timeZone).hourLengthsS(date);
    expect(lengths[hour]).toBe(lengthS);
    expect(lengths.reduce((sum, length) => sum + length, 0)).toBeCloseTo(day * 3600, 6);
  });

  test("the instants of a date are as long as its hours, and end where those of the next begin", () => {
    const zone = zoneOf("Europe/Paris");
    const [first, second] = [zone.spansOf(["2026-10-25"]), zone.spansOf(["2026-10-26"])];
    expect(first.map((span) => [iso(span.fromMs), iso(span.untilMs), span.offsetS])).toEqual([
      ["2026-10-24T22:00:00.000Z", "2026-10-25T01:00:00.000Z", 7200],
      ["2026-10-25T01:00:00.000Z", "2026-10-25T23:00:00.000Z", 3600],
    ]);
    expect(second[0]?.fromMs).toBe(first.at(-1)?.untilMs);
    expect(zoneOf("Pacific/Apia").spansOf(["2011-12-30"])).toEqual([]);
  });
});

describe("local times", () => {
  test.each([
    { timeZone: "Asia/Tokyo", at: "2026-11-23T15:00:00Z", local: "2026-11-24T00:00:00" },
    { timeZone: "Asia/Kathmandu", at: "2026-11-23T18:15:00Z", local: "2026-11-24T00:00:00" },
    { timeZone: "Africa/Monrovia", at: "1970-01-01T00:00:00.999Z", local: "1969-12-31T23:15:30" },
    { timeZone: "America/Vancouver", at: "2026-11-20T12:00:00Z", local: "2026-11-20T05:00:00" },
    { timeZone: "America/Edmonton", at: "2026-11-20T12:00:00Z", local: "2026-11-20T06:00:00" },
    { timeZone: "America/Inuvik", at: "2026-11-20T12:00:00Z", local: "2026-11-20T06:00:00" },
    { timeZone: "America/Winnipeg", at: "2026-11-20T12:00:00Z", local: "2026-11-20T07:00:00" },
    { timeZone: "America/Havana", at: "2026-11-20T12:00:00Z", local: "2026-11-20T08:00:00" },
    { timeZone: "Africa/Casablanca", at: "2026-09-20T12:00:00Z", local: "2026-09-20T12:00:00" },
    { timeZone: "Africa/El_Aaiun", at: "2026-09-20T12:00:00Z", local: "2026-09-20T12:00:00" },
    { timeZone: "Australia/Sydney", at: "2099-01-15T12:00:00Z", local: "2099-01-15T23:00:00" },
    { timeZone: "Etc/GMT+9", at: "2026-11-23T09:00:00Z", local: "2026-11-23T00:00:00" },
  ])("$timeZone shows $local at $at", ({ timeZone, at, local }) => {
    const zone = zoneOf(timeZone);
    expect(zone.local(Date.parse(at))).toBe(local);
    expect(zone.date(Date.parse(at))).toBe(local.slice(0, 10));
  });

  test.each([
    { name: "once", timeZone: "Europe/Paris", local: "2026-10-25T03:00:00", at: "2026-10-25T02:00:00.000Z" },
    { name: "twice", timeZone: "Europe/Paris", local: "2026-10-25T02:30:00", at: "2026-10-25T00:30:00.000Z" },
    { name: "never", timeZone: "Europe/Paris", local: "2026-03-29T02:30:00", at: "2026-03-29T01:00:00.000Z" },
    { name: "on no day", timeZone: "Pacific/Apia", local: "2011-12-30T12:00:00", at: "2011-12-30T10:00:00.000Z" },
  ])("the first instant of a time that comes $name", ({ timeZone, local, at }) => {
    expect(iso(zoneOf(timeZone).firstInstantMs(local))).toBe(at);
  });

  test("all zones of 2015 to 2024 are as Node knows them", async () => {
    const instants = Array.from({ length: 180 }, (_, step) => Date.UTC(2015, 0, 1) + step * 20 * 86_400_000);
    let compared = 0;
    const different: string[] = [];
    for (const name of Intl.supportedValuesOf("timeZone")) {
      const zone = zoneOf(name);
      const theirs = await INTL.offsetsS(name, instants);
      if (!theirs) continue;
      compared += 1;
      if (instants.some((epochMs, index) => zone.offsetS(epochMs) !== theirs[index])) different.push(name);
    }
    expect(different).toEqual([]);
    expect(compared).toBeGreaterThan(400);
  });
});

describe("names", () => {
  test("every zone of Node is known", () => {
    expect(Intl.supportedValuesOf("timeZone").filter((name) => !isZoneName(name))).toEqual([]);
  });

  test.each(["Asia/Tokio", "asia/tokyo", "Asia_Tokyo", "", "+09:00"])("%j is none, and the nearest is said", (name) => {
    expect(isZoneName(name)).toBe(false);
    expect(() => zoneOf(name)).toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));
  });
});

test("the rules stay ours when a library brings its own older copy of them along", async () => {
  await import("date-holidays");
  // A name that nobody asked for until now: British Columbia stays in summer time from 2026 on.
  expect(zoneOf("Canada/Pacific").offsetS(Date.parse("2026-11-20T12:00:00Z"))).toBe(-7 * 3600);
});
