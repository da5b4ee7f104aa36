import { expect, test } from "vitest";
import { daysBefore, makeDays } from "../../../../cloud-ingest/forecast/days/make-days.ts";
import { borrowedProfiles } from "../../../../cloud-ingest/forecast/hourly/borrowed-profiles.ts";
import { profilesOf } from "../../../../cloud-ingest/forecast/hourly/profile.ts";
import type { History } from "../../../../cloud-ingest/forecast/port.ts";
import { dateAt, FROM } from "../made-history.ts";

/** A Monday is first, so that the last date is a Friday. */
const DAYS = 110;
const AHEAD = 7;
/** Of the dates ahead. */
const [SAT, SUN, TUE, WED, FRI] = [0, 1, 3, 4, 6] as const;

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
  const days = daysBefore(
    makeDays(history, { calendars: [new Map([[dateAt(DAYS + FRI), { holiday: "Next" }]])] }, AHEAD),
    DAYS,
  );
  const own = profilesOf(history, { series: 2, origin: DAYS, ahead: AHEAD, dates: days.dates[2]! });
  const lenders = { series: [0, 1], days: known, isCluster: true };
  return borrowedProfiles(own, { history, days, series: 2, lenders });
}

const between = (profile: Float64Array | undefined, from: number, to: number) =>
  (profile ?? new Float64Array(24)).subarray(from, to).reduce((sum, share) => sum + share, 0);

test("a weekday that it has seen has its own hours, however early its lenders open", () => {
  const ahead = newcomer(7, 12);
  expect(between(ahead[WED], 12, 18)).toBeGreaterThan(0.8);
  expect(between(ahead[WED], 8, 12)).toBeLessThan(0.08);
});

test("a weekend that it has not seen begins as much later as with its lenders", () => {
  const ahead = newcomer(4, 8);
  expect(between(ahead[TUE], 8, 10)).toBeGreaterThan(0.2);
  for (const profile of [ahead[SAT], ahead[SUN], ahead[FRI]]) {
    expect(between(profile, 8, 10)).toBeLessThan(0.1);
    expect(between(profile, 14, 16)).toBeGreaterThan(0.2);
  }
});

test("shares of each kind of day add up to one, of a shop with nobody too", () => {
  for (const profile of newcomer(3, 8)) expect(between(profile, 0, 24)).toBeCloseTo(1, 9);
});
