import { describe, expect, test } from "vitest";
import { stepsOf } from "../../../../cloud-ingest/forecast/days/steps.ts";
import { seededRandom } from "../../../../firmware-config/kit/seeded-random.ts";

const DAYS = 70 * 7;

/** A shop with a week's shape and noise whose level is `level(day)`. */
function shop(level: (day: number) => number, days = DAYS): Float64Array {
  const random = seededRandom(11);
  return Float64Array.from({ length: days }, (_, day) =>
    Math.round(400 * level(day) * (day % 7 >= 5 ? 1.6 : 1) * (0.85 + 0.3 * random())),
  );
}

describe("steps of the level", () => {
  test.each([
    { name: "up to twice", to: 2 },
    { name: "down to half", to: 0.5 },
  ])("$name are found where they are", ({ to }) => {
    const found = stepsOf(shop((day) => (day < 210 ? 1 : to)));
    expect(found).toHaveLength(1);
    expect(Math.abs(found[0]! - 210)).toBeLessThanOrEqual(7);
  });

  test("two of them on a stair, in the order of time", () => {
    const found = stepsOf(shop((day) => (day < 140 ? 1 : day < 300 ? 2 : 5)));
    expect(found.map((day) => Math.round((day - 140) / 160))).toEqual([0, 1]);
  });

  test.each([
    { name: "none", level: () => 1 },
    { name: "a growth over the year", level: (day: number) => 1 + day / 250 },
    { name: "a small step", level: (day: number) => (day < 210 ? 1 : 1.3) },
    { name: "a wild week", level: (day: number) => (day >= 210 && day < 217 ? 5 : 1) },
    { name: "a month that is over", level: (day: number) => (day >= 210 && day < 238 ? 0.2 : 1) },
    { name: "a step of the last month, which may be over soon", level: (day: number) => (day < DAYS - 28 ? 1 : 3) },
  ])("$name is no step", ({ level }) => {
    expect(stepsOf(shop(level))).toEqual([]);
  });

  test("a season that begins at once, as the year before, is no step", () => {
    const isSummer = (day: number) => day % 364 >= 150 && day % 364 < 270;
    expect(stepsOf(shop((day) => (isSummer(day) ? 2.5 : 1), 728))).toEqual([]);
  });

  test("gaps hide none and are none", () => {
    const gappy = (values: Float64Array) => values.map((value, day) => (day % 90 < 20 ? Number.NaN : value));
    expect(stepsOf(gappy(shop(() => 1)))).toEqual([]);
    expect(stepsOf(gappy(shop((day) => (day < 210 ? 1 : 2.2))))).toHaveLength(1);
  });

  test("a series too short, empty or of zeros has none", () => {
    for (const values of [
      new Float64Array(0),
      new Float64Array(500),
      shop(() => 1, 40),
      new Float64Array(500).fill(Number.NaN),
    ])
      expect(stepsOf(values)).toEqual([]);
  });
});
