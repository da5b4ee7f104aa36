import { expect, test } from "vitest";
import { hourSlots } from "../../../cloud-ingest/report/slots.ts";
import { zoneOf } from "../../../cloud-ingest/zone/rules.ts";
import { trafficRow } from "../../support/sample-traffic.ts";

const date = "2026-11-23";
const expectedS = Array.from({ length: 24 }, (_, at) => (at >= 10 && at < 22 ? 3600 : 0));
const always = { since: "2026-01-01", expectedS };
const lengthsS = zoneOf("Asia/Tokyo").hourLengthsS(date);
const hour = (at: number, observedS: number, count = 0) =>
  trafficRow({ localStart: `${date}T${String(at).padStart(2, "0")}:00:00`, observedS, in: count });

test.each([
  { name: "watched", rows: [hour(10, 3600)], at: 10, state: "observed" },
  { name: "watched with a lost minute", rows: [hour(10, 3540)], at: 10, state: "observed" },
  { name: "half watched", rows: [hour(10, 1800)], at: 10, state: "partial" },
  { name: "counted but not watched", rows: [hour(10, 0, 2)], at: 10, state: "partial" },
  { name: "a row of nothing", rows: [hour(10, 0)], at: 10, state: "none" },
  { name: "no row", rows: [], at: 10, state: "none" },
  { name: "dead while the shop is open", rows: [], at: 19, state: "none" },
  { name: "outside the expected hours", rows: [], at: 9, state: "closed" },
  { name: "to come, but outside the expected hours", rows: [], at: 23, state: "closed" },
  { name: "running", rows: [hour(20, 1700)], at: 20, state: "running" },
  { name: "running without data", rows: [], at: 20, state: "none" },
  { name: "not yet", rows: [], at: 21, state: "upcoming" },
])("an hour which is $name: $state", ({ rows, at, state }) => {
  const slots = hourSlots({ ...always, date, rows, lengthsS, nowLocal: `${date}T20:30:00` });
  expect(slots).toHaveLength(24);
  expect(slots[at]?.state).toBe(state);
});

test("the hour that the clock skips is absent, not unwatched", () => {
  const spring = { ...always, date: "2026-03-29", rows: [], nowLocal: "2026-03-30T00:00:00" };
  const slots = hourSlots({ ...spring, lengthsS: zoneOf("Europe/Paris").hourLengthsS(spring.date) });
  expect(slots.filter((slot) => slot.state === "absent").map((slot) => slot.start)).toEqual(["2026-03-29T02:00:00"]);
});

test("the hour that comes twice is added up and lasts two hours", () => {
  const autumn = { ...always, date: "2026-10-25", nowLocal: "2026-10-26T00:00:00" };
  const row = trafficRow({ localStart: "2026-10-25T02:00:00", in: 3 });
  const slots = hourSlots({ ...autumn, rows: [row, row], lengthsS: zoneOf("Europe/Paris").hourLengthsS(autumn.date) });
  expect(slots[2]).toMatchObject({ state: "observed", lengthS: 7200, tally: { in: 6, observedS: 7200 } });
});

test("before the first hour ever nothing is expected", () => {
  const rows = [hour(15, 3600)];
  const slots = hourSlots({ date, rows, lengthsS, expectedS, since: `${date}T15:00:00`, nowLocal: `${date}T16:10:00` });
  expect(slots.slice(10, 16).map((slot) => slot.state)).toEqual([...Array(5).fill("closed"), "observed"]);
});
