import { describe, expect, test } from "vitest";
import { rescaleStretches, stretchesOf } from "../../../../cloud-ingest/forecast/days/stretches.ts";
import { seededRandom } from "../../../../firmware-config/kit/seeded-random.ts";

const DAYS = 70 * 7;

/** A shop with a week's shape and noise whose level is `level(day)`. */
function shop(level: (day: number) => number, days = DAYS): Float64Array {
  const random = seededRandom(11);
  return Float64Array.from({ length: days }, (_, day) =>
    Math.round(400 * level(day) * (day % 7 >= 5 ? 1.6 : 1) * (0.85 + 0.3 * random())),
  );
}

const during = (from: number, to: number, factor: number) => (day: number) => (day >= from && day < to ? factor : 1);

describe("stretches of another level", () => {
  test.each([
    { name: "four months at half", from: 300, to: 422, factor: 0.5 },
    { name: "two months at twice", from: 201, to: 258, factor: 2 },
    { name: "five months at a third, over for two", from: 283, to: 430, factor: 0.33 },
  ])("$name are found on their dates, and brought to the level about them", ({ from, to, factor }) => {
    const values = shop(during(from, to, factor));
    const [found, ...more] = stretchesOf(values);
    expect(more).toEqual([]);
    expect(Math.abs((found?.from ?? 0) - from)).toBeLessThanOrEqual(1);
    expect(Math.abs((found?.to ?? 0) - to)).toBeLessThanOrEqual(1);
    expect(Math.exp(found?.ratio ?? 0) * factor).toBeCloseTo(1, 1);
    const whole = shop(() => 1);
    rescaleStretches(values);
    const sum = (all: Float64Array) => all.subarray(from, to).reduce((people, value) => people + value, 0);
    expect(sum(values) / sum(whole)).toBeCloseTo(1, 1);
    expect([...values.subarray(0, from - 7)]).toEqual([...whole.subarray(0, from - 7)]);
  });

  test("two of them, a year and a half apart", () => {
    const level = (day: number) => during(200, 280, 0.4)(day) * during(720, 820, 2)(day);
    expect(stretchesOf(shop(level, 1000))).toHaveLength(2);
  });

  test.each([
    { name: "none", level: () => 1 },
    { name: "a month that is over", level: during(210, 238, 0.2) },
    { name: "a small one", level: during(210, 300, 0.75) },
    { name: "a step that lasts", level: during(210, DAYS, 2) },
    { name: "one that ended a month ago and may come again", level: during(DAYS - 140, DAYS - 28, 0.5) },
    { name: "a slow swell", level: (day: number) => 1 + Math.max(0, Math.sin(day / 60)) },
    { name: "another level behind it than before", level: (day: number) => (day < 200 ? 1 : day < 290 ? 0.3 : 0.6) },
  ])("$name is none", ({ level }) => {
    expect(stretchesOf(shop(level))).toEqual([]);
  });

  test("a season that begins and ends at once, as the year before, is none", () => {
    const isSummer = (day: number) => day % 364 >= 150 && day % 364 < 270;
    expect(stretchesOf(shop((day) => (isSummer(day) ? 2.5 : 1), 728))).toEqual([]);
  });

  test("an odd fortnight before it is not taken for its beginning", () => {
    const level = (day: number) => during(230, 244, 0.3)(day) * during(266, 380, 0.5)(day);
    const [found] = stretchesOf(shop(level));
    expect(Math.abs((found?.from ?? 0) - 266)).toBeLessThanOrEqual(2);
  });

  test("a series too short, empty, of zeros or with gaps about all of it has none, and stays as it is", () => {
    for (const values of [
      new Float64Array(0),
      new Float64Array(500),
      shop(() => 1, 40),
      new Float64Array(500).fill(Number.NaN),
      shop(during(300, 400, 0.5)).map((value, day) => (day < 300 || day >= 400 ? Number.NaN : value)),
    ]) {
      const before = [...values];
      rescaleStretches(values);
      expect([...values]).toEqual(before);
    }
  });
});
