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
