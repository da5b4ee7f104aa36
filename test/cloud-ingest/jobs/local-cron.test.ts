import { createTask } from "node-cron";
import { describe, expect, test } from "vitest";
import { datesOf } from "../../../cloud-ingest/calendar.ts";
import { cronFault } from "../../../cloud-ingest/jobs/cron.ts";
import { isDue } from "../../../cloud-ingest/jobs/local-cron.ts";
import { zoneOf } from "../../../cloud-ingest/zone/rules.ts";

const MINUTE_MS = 60_000;

/** Instants of so many hours from a UTC time on at which the schedule starts, `HH:MM` in UTC. */
function starts(expression: string, zoneName: string, from: string, hours: number): string[] {
  const pattern = createTask(expression, () => {}, { timezone: "UTC" });
  const matches = (wallMs: number) => pattern.match(new Date(wallMs));
  const cron = { matches, expression, zone: zoneOf(zoneName), stepMs: MINUTE_MS };
  const first = Date.parse(from);
  const all = Array.from({ length: hours * 60 }, (_, minute) => first + minute * MINUTE_MS);
  void pattern.destroy();
  return all.filter((at) => isDue(cron, at)).map((at) => new Date(at).toISOString().slice(11, 16));
}

describe("ordinary days", () => {
  test.each([
    { cron: "0 5 * * *", zone: "Asia/Tokyo", is: ["20:00"] },
    { cron: "0 5 * * *", zone: "America/New_York", is: ["10:00"] },
    { cron: "30 5 * * *", zone: "Asia/Kolkata", is: ["00:00"] },
    { cron: "0 5 * * *", zone: "UTC", is: ["05:00"] },
    // Tuesday there, Monday here.
    { cron: "0 1 * * 2", zone: "Asia/Tokyo", is: ["16:00"] },
  ])("$cron in $zone", ({ cron, zone, is }) => expect(starts(cron, zone, "2026-11-23T00:00:00Z", 24)).toEqual(is));
});

/** Paris goes from 02:00 to 03:00 at 01:00 UTC on 29 March and back at 01:00 UTC on 25 October; Lord Howe by half an hour. */
describe("a day of 23 hours: what is jumped over starts right after, once", () => {
  test.each([
    { cron: "30 2 * * *", is: ["01:00"] },
    { cron: "0,15,30 2 * * *", is: ["01:00"] },
    { cron: "0 3 * * *", is: ["01:00"] },
    { cron: "30 1 * * *", is: ["00:30"] },
    { cron: "40 * * * *", is: ["23:40", "00:40", "01:40", "02:40"] },
    { cron: "*/30 2-3 * * *", is: ["01:00", "01:30"] },
  ])("$cron", ({ cron, is }) => expect(starts(cron, "Europe/Paris", "2026-03-28T23:00:00Z", 4)).toEqual(is));

  test("half an hour", () =>
    expect(starts("15 2 * * *", "Australia/Lord_Howe", "2026-10-03T14:00:00Z", 4)).toEqual(["15:30"]));
});

describe("a day of 25 hours: what comes twice starts once, and what runs at every hour in both", () => {
  test.each([
    { cron: "30 2 * * *", is: ["00:30"] },
    { cron: "0 3 * * *", is: ["02:00"] },
    { cron: "30 1 * * *", is: ["23:30"] },
    { cron: "40 * * * *", is: ["23:40", "00:40", "01:40", "02:40"] },
    { cron: "@hourly", is: ["23:00", "00:00", "01:00", "02:00"] },
    { cron: "*/30 * * * *", is: ["23:00", "23:30", "00:00", "00:30", "01:00", "01:30", "02:00", "02:30"] },
  ])("$cron", ({ cron, is }) => expect(starts(cron, "Europe/Paris", "2026-10-24T23:00:00Z", 4)).toEqual(is));

  test("half an hour", () =>
    expect(starts("45 1 * * *", "Australia/Lord_Howe", "2026-04-04T14:00:00Z", 4)).toEqual(["14:45"]));
});

test.each([
  "Europe/Paris",
  "America/St_Johns",
  "Australia/Lord_Howe",
  "America/Santiago",
  "Africa/Casablanca",
  "Asia/Tehran",
])("in %s a daily job starts once on every date", (name) => {
  const zone = zoneOf(name);
  // A year by the minute is seconds of work; every jump of these clocks is by whole fives.
  const stepMs = 5 * MINUTE_MS;
  for (const minute of [0, 90, 135, 23 * 60 + 55]) {
    const matches = (wallMs: number) => (wallMs / MINUTE_MS) % 1_440 === minute;
    const cron = { matches, expression: "1 1 * * *", zone, stepMs };
    const dates: string[] = [];
    for (let at = zone.firstInstantMs("2025-01-01T00:00:00"); zone.date(at) < "2027-01-01"; at += stepMs)
      if (isDue(cron, at)) dates.push(zone.date(at));
    expect(dates).toEqual(datesOf({ from: "2025-01-01", to: "2026-12-31" }));
  }
});

test.each([
  { value: "0 5 * * *", fault: undefined },
  { value: { cron: "0 5 * * *", timezone: "Asia/Tokyo" }, fault: undefined },
  { value: { cron: "0 5 * * *", timezone: "stores" }, fault: undefined },
  { value: { cron: "0 5 * * *", timezone: "Asia/Tokio" }, fault: /nearest is Asia\/Tokyo/ },
  { value: { cron: "0 25 * * *", timezone: "UTC" }, fault: /not a cron expression/ },
])("$value", ({ value, fault }) => {
  if (fault) expect(cronFault(value)).toMatch(fault);
  else expect(cronFault(value)).toBeUndefined();
});
