import { describe, expect, test } from "vitest";
import { fitChampion } from "../../../../cloud-ingest/forecast/fit.ts";
import { withClosedHours } from "../../../../cloud-ingest/forecast/hourly/closed-hours.ts";
import type { History } from "../../../../cloud-ingest/forecast/port.ts";
import { predict } from "../../../../cloud-ingest/forecast/predict.ts";
import { madeHistory } from "../made-history.ts";

const DAYS = 120;
const history = (isThere: (hour: number, day: number) => boolean, days = DAYS): History => {
  const made = madeHistory({ days, step: "hour", noise: 0.1, names: ["shop", "whole"] });
  const [shop, whole] = made.values;
  const values = shop!.map((value, slot) => (isThere(slot % 24, Math.floor(slot / 24)) ? value : Number.NaN));
  return { ...made, values: [values, whole!] };
};
const context = { calendars: [new Map()] };

async function weekOf(given: History): Promise<number[]> {
  const champion = await fitChampion(given, context, { horizonDays: 7 });
  const { series } = await predict(champion, given, context, { horizon: 168 });
  return series.map(({ yhat }) => yhat.reduce((sum, value) => sum + value, 0));
}

describe("hours that are never there", () => {
  test.each([
    ["rows of opening hours alone", (hour: number) => hour >= 10 && hour < 20],
    ["one hour of the night that never comes", (hour: number) => hour !== 3],
  ])("%s: the shop is foretold as if it had counted nobody then", async (_, isThere) => {
    const [whole = 0, other = 0] = await weekOf(history(() => true));
    const [shop = 0, beside = 0] = await weekOf(history(isThere));
    expect(shop / whole).toBeCloseTo(1, 1);
    expect(beside / other).toBeCloseTo(1, 2);
  });

  test("a shop of one week whose rows are of its opening hours is foretold", async () => {
    const [whole = 0] = await weekOf(history(() => true, 9));
    const [shop = 0] = await weekOf(history((hour) => hour >= 10 && hour < 20, 9));
    expect(shop / whole).toBeGreaterThan(0.7);
    expect(shop / whole).toBeLessThan(1.3);
  });

  test("an hour that is out for some weeks is not known, and a date without any hour stays so", () => {
    const given = history((hour, day) => !(hour === 12 && day > 100) && day !== 110);
    const [shop] = withClosedHours(given).values;
    expect(shop![105 * 24 + 12]).toBeNaN();
    expect(shop![110 * 24 + 3]).toBeNaN();
    expect(shop![90 * 24 + 12]).toBe(given.values[0]![90 * 24 + 12]);
  });

  test("no later date is heard", () => {
    const until = (days: number) => history((hour) => hour >= 10, days);
    expect(withClosedHours(until(DAYS)).values[0]!.subarray(0, 40 * 24)).toEqual(withClosedHours(until(40)).values[0]);
  });
});
