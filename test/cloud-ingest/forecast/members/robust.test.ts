import { describe, expect, test } from "vitest";
import { BoundedLevel, boundedTo, noiseOf, spreadOf } from "../../../../cloud-ingest/forecast/members/robust.ts";

const noise = (day: number) => 0.1 * Math.sin(2.3 * day);

function levelAfter(values: readonly number[], limit: number, halfLife = 12): number {
  const level = new BoundedLevel(halfLife, limit);
  for (const value of values) level.add(value, 1);
  return level.level;
}

describe("a level that one date cannot move", () => {
  const calm = Array.from({ length: 60 }, (_, day) => noise(day));

  test("a wild last date moves it by the bound's share alone", () => {
    const without = levelAfter(calm, 0.2);
    const bounded = levelAfter([...calm, 5], 0.2);
    expect(bounded - without).toBeLessThan(0.2 * 0.06);
    expect(levelAfter([...calm, 5], Number.POSITIVE_INFINITY) - without).toBeGreaterThan(0.25);
  });

  test("most of a lasting change is followed within four weeks, on either side", () => {
    for (const change of [1, -1]) {
      const changed = Array.from({ length: 28 }, (_, day) => change + noise(day));
      expect(levelAfter([...calm, ...changed], 0.2) * change).toBeGreaterThan(0.65);
    }
  });

  test("the first dates set the level, however far from 0 they are", () => {
    expect(levelAfter([7, 7, 7, 7], 0.1)).toBeCloseTo(7, 6);
  });

  test("behind a long gap the level is free again", () => {
    const level = new BoundedLevel(3, 0.1);
    for (let day = 0; day < 30; day++) level.add(1, 1);
    for (let day = 0; day < 40; day++) level.add(Number.NaN, 0);
    level.add(4, 1);
    expect(level.level).toBeGreaterThan(3.9);
  });

  describe("behind a long gap", () => {
    /** A calm year, a gap, and then a level that rises by a third of the bound each date of four weeks: how far off the level is. */
    const behindGap = (gap: number) => {
      const level = new BoundedLevel(12, 0.2);
      for (let day = 0; day < 60; day++) level.add(noise(day), 1);
      for (let day = 0; day < gap; day++) level.add(Number.NaN, 0);
      let off = 0;
      for (let day = 0; day < 28; day++) {
        const value = 0.07 * day + 4 * noise(day);
        if (day >= 7) off += Math.abs(0.07 * day - level.level);
        level.add(value, 1);
      }
      return off / 21;
    };

    test("a level that comes back unsteadily is followed sooner than behind a short one", () => {
      expect(behindGap(21)).toBeLessThan(0.97 * behindGap(20));
    });

    test("one wild date still moves it little", () => {
      const level = new BoundedLevel(12, 0.2);
      for (const day of calm.keys()) level.add(noise(day), 1);
      for (let day = 0; day < 30; day++) level.add(Number.NaN, 0);
      for (let day = 0; day < 28; day++) level.add(noise(day), 1);
      const before = level.level;
      level.add(5, 1);
      expect(level.level - before).toBeLessThan(0.2 * 0.08);
    });

    test("unknown dates before the first known one are no gap", () => {
      const late = new BoundedLevel(12, 0.2);
      for (let day = 0; day < 400; day++) late.add(Number.NaN, 0);
      const wild = calm.map((value, day) => (day % 5 === 0 ? value + 1 : value));
      for (const value of wild) late.add(value, 1);
      expect(late.level).toBe(levelAfter(wild, 0.2));
    });
  });

  test("nothing known is no level", () => {
    expect(new BoundedLevel(3, 0.1).level).toBeNaN();
    expect(levelAfter([Number.NaN], 0.1)).toBeNaN();
  });
});

describe("spread", () => {
  test("of a tenth of noise about any level and week, wild dates or not", () => {
    const values = Float64Array.from({ length: 350 }, (_, day) => 3 + (day % 7) + noise(day * day));
    values[100] = 40;
    values[200] = Number.NaN;
    expect(noiseOf(values)).toBeGreaterThan(0.05);
    expect(noiseOf(values)).toBeLessThan(0.15);
  });

  test("too little known, or nothing that varies, bounds nothing", () => {
    expect(spreadOf(Float64Array.of(1, 2, 3))).toBe(Number.POSITIVE_INFINITY);
    expect(spreadOf(new Float64Array(100))).toBe(Number.POSITIVE_INFINITY);
    expect(boundedTo(9, 1, Number.POSITIVE_INFINITY)).toBe(9);
  });
});
