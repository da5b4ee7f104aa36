import { expect, test } from "vitest";
import { hourLengthsS } from "../../../cloud-ingest/calendar.ts";
import { hourSlots } from "../../../cloud-ingest/dashboards/slots.ts";
import { trafficRow } from "../../support/sample-traffic.ts";

const date = "2026-11-23";
const lengthsS = hourLengthsS(date, "Asia/Tokyo");
const hour = (at: number, observedS: number, count = 0) =>
  trafficRow({ localStart: `${date}T${String(at).padStart(2, "0")}:00:00`, observedS, in: count });

test.each([
  { name: "watched", rows: [hour(10, 3600)], at: 10, state: "observed" },
  { name: "watched with a lost minute", rows: [hour(10, 3540)], at: 10, state: "observed" },
  { name: "half watched", rows: [hour(10, 1800)], at: 10, state: "partial" },
  { name: "counted but not watched", rows: [hour(10, 0, 2)], at: 10, state: "partial" },
  { name: "a row of nothing", rows: [hour(10, 0)], at: 10, state: "none" },
  { name: "no row", rows: [], at: 10, state: "none" },
  { name: "running", rows: [hour(20, 1700)], at: 20, state: "observed" },
  { name: "running without data", rows: [], at: 20, state: "none" },
  { name: "not yet", rows: [], at: 21, state: "upcoming" },
])("an hour which is $name: $state", ({ rows, at, state }) => {
  const slots = hourSlots({ date, rows, lengthsS, nowLocal: `${date}T20:30:00` });
  expect(slots).toHaveLength(24);
  expect(slots[at]?.state).toBe(state);
});

test("the hour that the clock skips is absent, not unwatched", () => {
  const spring = { date: "2026-03-29", rows: [], nowLocal: "2026-03-30T00:00:00" };
  const slots = hourSlots({ ...spring, lengthsS: hourLengthsS(spring.date, "Europe/Paris") });
  expect(slots.map((slot) => slot.state).filter((state) => state !== "none")).toEqual(["absent"]);
});

test("the hour that comes twice is added up and lasts two hours", () => {
  const autumn = { date: "2026-10-25", nowLocal: "2026-10-26T00:00:00" };
  const row = trafficRow({ localStart: "2026-10-25T02:00:00", in: 3 });
  const slots = hourSlots({ ...autumn, rows: [row, row], lengthsS: hourLengthsS(autumn.date, "Europe/Paris") });
  expect(slots[2]).toMatchObject({ state: "observed", lengthS: 7200, tally: { in: 6, observedS: 7200 } });
});
