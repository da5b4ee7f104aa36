import { expect, test } from "vitest";
import { addDays } from "../../../cloud-ingest/calendar.ts";
import { periodOf } from "../../../cloud-ingest/dashboards/period.ts";
import { shopDays } from "../../support/sample-traffic.ts";
import { emptyData } from "./pages.ts";

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
