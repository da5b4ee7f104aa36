import { expect, test } from "vitest";
import { addDays } from "../../../cloud-ingest/calendar.ts";
import { periodOf as periodOfHours } from "../../../cloud-ingest/report/period.ts";
import { StoreHours } from "../../../cloud-ingest/report/store-hours.ts";
import type { StoreReport } from "../../../cloud-ingest/report/store-report.ts";
import { shopDays, shopHours } from "../../support/sample-traffic.ts";
import { emptyData } from "../dashboards/pages.ts";

const periodOf = (data: StoreReport) => periodOfHours(data, new StoreHours(data));

const to = "2026-11-23";

test.each([
  { days: 28, unit: "day", slots: 28 },
  { days: 62, unit: "day", slots: 62 },
  { days: 63, unit: "week", slots: 10 },
  { days: 400, unit: "week", slots: 58 },
  { days: 1200, unit: "month", slots: 40 },
])("$days days are shown by $unit", ({ days, unit, slots }) => {
  const daily = shopDays(to, days);
  const period = periodOf({ ...emptyData, range: { from: addDays(to, 1 - days), to }, daily });
  expect(period?.unit).toBe(unit);
  expect(period?.targets[0]?.slots).toHaveLength(slots);
  const counted = period?.targets.flatMap((target) => target.slots).reduce((sum, slot) => sum + slot.tally.in, 0);
  expect(counted).toBe(daily.reduce((sum, row) => sum + row.in, 0));
});

test("a missing day is there, without data", () => {
  const daily = shopDays(to, 10).filter((row) => row.businessDate !== "2026-11-20");
  const period = periodOf({ ...emptyData, daily });
  expect(period?.targets[0]?.slots.find((slot) => slot.start.startsWith("2026-11-20"))?.state).toBe("none");
});

test("one day is no period", () => expect(periodOf({ ...emptyData, daily: shopDays(to, 1) })).toBeUndefined());

test("a dead day lowers the share of a week, whatever the days before the loaded hours", () => {
  const dead = ["2026-10-12", "2026-10-13", "2026-10-14", "2026-10-15"];
  const daily = shopDays(to, 120).filter((row) => !dead.includes(row.businessDate));
  const period = periodOf({ ...emptyData, range: { from: addDays(to, -99), to }, daily });
  const week = period?.targets[0]?.slots.find((slot) => slot.start.startsWith("2026-10-12"));
  expect(week).toMatchObject({ state: "partial", dueS: 7 * 36_000, tally: { observedS: 3 * 36_000 } });
});

test("healthy days are wholly watched, and today runs", () => {
  const period = periodOf({ ...emptyData, daily: shopDays(to, 56), generatedAt: new Date(`${to}T01:00:00Z`) });
  expect(period?.targets[0]?.share).toBe(1);
  expect(period?.targets[0]?.slots.map((slot) => slot.state)).toEqual([...Array(27).fill("observed"), "running"]);
});

test("days after the last count are there, without data", () => {
  const hourly = shopHours(addDays(to, -3), 40);
  const states = periodOf({ ...emptyData, hourly })?.targets[0]?.slots.map((slot) => slot.state);
  expect(states?.slice(-5)).toEqual(["observed", "observed", "none", "none", "none"]);
});
