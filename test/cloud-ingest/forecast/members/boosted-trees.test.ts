import { expect, test } from "vitest";
import { daysBefore, makeDays } from "../../../../cloud-ingest/forecast/days/make-days.ts";
import { boostedTrees, stepFor } from "../../../../cloud-ingest/forecast/members/boosted-trees.ts";
import { madeHistory } from "../made-history.ts";

const HORIZON = 28;
const NAMES = ["one", "two", "three"];

/** Fits at two dates, the later one with what the earlier one has left, and alone. */
async function fitsOf(factor: (day: number) => number, [early, late]: readonly [number, number]) {
  const history = madeHistory({ days: late, names: NAMES, noise: 0.2, factor });
  const fresh = () => makeDays(history, { calendars: [new Map()] }, HORIZON);
  const shared = fresh();
  const state = async (all: ReturnType<typeof fresh>, at: number) =>
    (await boostedTrees.fit(daysBefore(all, at))).state;
  const first = await state(shared, early);
  return { first, second: await state(shared, late), alone: await state(fresh(), late) };
}

test.each([
  { name: "the days before are as they were", factor: (day: number) => 1 + 0.2 * Math.sin(day / 30) },
  { name: "a step has rescaled the days before", factor: (day: number) => (day < 240 ? 1 : 2.2) },
])("a later fit is the same with and without an earlier one where $name", async ({ factor }) => {
  const { first, second, alone } = await fitsOf(factor, [254, 366]);
  expect(alone).not.toBeNull();
  expect(second).toEqual(alone);
  expect(second).not.toEqual(first);
});

test.each([
  { series: 1, days: 0, step: 7 },
  { series: 4, days: 731, step: 7 },
  { series: 28, days: 476, step: 8 },
  { series: 25, days: 730, step: 8 },
  { series: 25, days: 1096, step: 14 },
  { series: 25, days: 3700, step: 56 },
  { series: 200, days: 1096, step: 112 },
])("past origins of $series series of $days dates lie $step days apart", ({ series, days, step }) => {
  expect(stepFor(series, days)).toBe(step);
});

test("steps divide the 56 days between two fits or are a multiple of them, and give about 3,000 origins at most", () => {
  for (const series of [1, 4, 10, 25, 28, 60])
    for (let days = 0; days <= 3700; days += 50) {
      const step = stepFor(series, days);
      expect(Math.max(56, step) % Math.min(56, step)).toBe(0);
      expect(((days - 56) * series) / step).toBeLessThanOrEqual(3200);
    }
});
