import { expect, test } from "vitest";
import { daysBefore, makeDays } from "../../../../cloud-ingest/forecast/days/make-days.ts";
import { borrowedProfiles } from "../../../../cloud-ingest/forecast/hourly/borrowed-profiles.ts";
import { profilesOf } from "../../../../cloud-ingest/forecast/hourly/profile.ts";
import type { History } from "../../../../cloud-ingest/forecast/port.ts";
import { FROM } from "../made-history.ts";

/** A Monday is first, so that the last date is a Friday. */
const DAYS = 110;

/** Busy from `open` for six hours; on weekends two hours later. */
const shop = (open: number) =>
  Float64Array.from({ length: DAYS * 24 }, (_, slot) => {
    const from = open + (Math.floor(slot / 24) % 7 > 4 ? 2 : 0);
    return slot % 24 >= from && slot % 24 < from + 6 ? 60 : 3;
  });

function newcomer(known: number, open: number) {
  const cut = shop(open).map((value, slot) => (slot < (DAYS - known) * 24 ? Number.NaN : value));
  const history: History = {
    step: "hour",
    from: FROM,
    days: DAYS,
    names: ["a", "b", "new"],
    values: [shop(8), shop(8), cut],
  };
  const days = daysBefore(makeDays(history, { calendars: [new Map()] }, 7), DAYS);
  const own = profilesOf(history, { series: 2, origin: DAYS, dates: days.dates[2] as (typeof days.dates)[number] });
  const lenders = { series: [0, 1], days: known, isCluster: true };
  return borrowedProfiles(own, { history, days, series: 2, lenders });
}

const between = (profile: Float64Array | undefined, from: number, to: number) =>
  (profile ?? new Float64Array(24)).subarray(from, to).reduce((sum, share) => sum + share, 0);

test("a weekday that it has seen has its own hours, however early its lenders open", () => {
  const { weekday } = newcomer(7, 12);
  expect(between(weekday[2], 12, 18)).toBeGreaterThan(0.8);
  expect(between(weekday[2], 8, 12)).toBeLessThan(0.08);
});

test("a weekend that it has not seen begins as much later as with its lenders", () => {
  const { weekday, holiday } = newcomer(4, 8);
  expect(between(weekday[1], 8, 10)).toBeGreaterThan(0.2);
  for (const profile of [weekday[5], weekday[6], holiday]) {
    expect(between(profile, 8, 10)).toBeLessThan(0.1);
    expect(between(profile, 14, 16)).toBeGreaterThan(0.2);
  }
});

test("shares of each kind of day add up to one, of a shop with nobody too", () => {
  const all = newcomer(3, 8);
  for (const profile of [...all.weekday, all.holiday]) expect(between(profile, 0, 24)).toBeCloseTo(1, 9);
});
