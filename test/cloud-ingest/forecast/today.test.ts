import { describe, expect, test } from "vitest";
import { fitChampion } from "../../../cloud-ingest/forecast/fit.ts";
import { predict } from "../../../cloud-ingest/forecast/predict.ts";
import { updateToday } from "../../../cloud-ingest/forecast/today.ts";
import { DAY, madeHistory, WEEK } from "./made-history.ts";

/** Dates that are busy or quiet from the first hour to the last, as nobody can know the evening before. */
const moods = (day: number) => 1 + 0.4 * Math.sin(day * 2.4);

async function morning(factor: (day: number) => number) {
  const history = madeHistory({ days: 200, step: "hour", noise: 0.05, factor });
  const context = { calendars: [new Map()] };
  const champion = await fitChampion(history, context, { horizonDays: 7 });
  const { series } = await predict(champion, history, context, { horizon: 24 });
  return { hours: series[0]!.yhat, champion: champion.series.shop! };
}

const nothing = new Float64Array(24).fill(Number.NaN);
const until = (hour: number) => Array.from({ length: 24 }, (_, each) => Number(each < hour));

describe("today", () => {
  test("twice as many by two o'clock: the rest of the date is expected higher too", async () => {
    const { hours, champion } = await morning(moods);
    const counted = hours.map((value) => 1.3 * value);
    const found = updateToday({ hours, counted, seen: until(14), champion });
    const total = hours.reduce((sum, value) => sum + value, 0);
    expect(found.ratio).toBeCloseTo(1.3, 1);
    expect(found.yhat / total).toBeGreaterThan(1.2);
    expect(found.yhat / total).toBeLessThan(1.4);
    expect(found.seenShare).toBeCloseTo(0.4, 1);
  });

  test("where hours say nothing of the hours behind them, only what is counted is added", async () => {
    const { hours, champion } = await morning(() => 1);
    const counted = hours.map((value) => 1.3 * value);
    const found = updateToday({ hours, counted, seen: until(14), champion });
    const total = hours.reduce((sum, value) => sum + value, 0);
    expect(found.yhat / total).toBeLessThan(1.25);
  });

  test("nothing counted, or nothing believed: the morning's forecast stands and says so", async () => {
    const { hours, champion } = await morning(moods);
    const total = hours.reduce((sum, value) => sum + value, 0);
    for (const [counted, seen] of [
      [nothing, until(14)],
      [hours, until(0)],
    ] as const) {
      const found = updateToday({ hours, counted, seen, champion });
      expect(found.yhat).toBeCloseTo(total, 6);
      expect(found.seenShare).toBe(0);
    }
  });

  test("a flagged hour in the middle is foretold, not taken for 0", async () => {
    const { hours, champion } = await morning(moods);
    const counted = hours.slice();
    counted[11] = Number.NaN;
    const found = updateToday({ hours, counted, seen: until(14), champion });
    expect(found.yhat / hours.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 2);
  });

  test("a quarter of an hour counts as a quarter", async () => {
    const { hours, champion } = await morning(moods);
    const counted = hours.slice();
    counted[13] = hours[13]! / 4;
    const seen = until(13);
    seen[13] = 0.25;
    const found = updateToday({ hours, counted, seen, champion });
    expect(found.ratio).toBeCloseTo(1, 6);
    expect(found.hours[13]).toBeCloseTo(hours[13]!, 6);
  });

  test("the last hours count for more than the night where they are off otherwise", async () => {
    const turn = (day: number, hour: number) => (hour >= 13 ? moods(day) : 1);
    const plain = madeHistory({ days: 200, step: "hour", noise: 0.05 });
    const values = plain.values.map((all) => all.map((value, slot) => value * turn(Math.floor(slot / 24), slot % 24)));
    const [history, context] = [{ ...plain, values }, { calendars: [new Map()] }];
    const champion = await fitChampion(history, context, { horizonDays: 7 });
    const { series } = await predict(champion, history, context, { horizon: 24 });
    const hours = series[0]!.yhat;
    const counted = hours.map((value, hour) => (hour >= 13 ? 1.4 * value : value));
    const found = updateToday({ hours, counted, seen: until(16), champion: champion.series.shop! });
    expect(found.hours[17]! / hours[17]!).toBeGreaterThan(1.25);
  });

  test("evenings that are off for some days on end are expected to be so after a usual morning, where yesterday's is known", async () => {
    const mood = (day: number) => 1 + 0.4 * Math.sin(Math.floor(day / 5) * 2.4);
    const plain = madeHistory({ days: 200, step: "hour", noise: 0.05 });
    const values = plain.values.map((all) =>
      all.map((value, slot) => (slot % 24 >= 15 ? value * mood(Math.floor(slot / 24)) : value)),
    );
    const [history, context] = [{ ...plain, values }, { calendars: [new Map()] }];
    const champion = await fitChampion(history, context, { horizonDays: 7 });
    const { series } = await predict(champion, history, context, { horizon: 24 });
    const hours = series[0]!.yhat;
    const evening = (times: number) => hours.map((value, hour) => (hour >= 15 ? times * value : value));
    const now = { hours, counted: hours, seen: until(15), champion: champion.series.shop! };
    const expected = (counted: Float64Array) => updateToday({ ...now, yesterday: { hours, counted } }).hours[17]!;
    expect(expected(evening(1.4)) / hours[17]!).toBeGreaterThan(1.15);
    expect(expected(evening(0.7)) / hours[17]!).toBeLessThan(0.9);
    const gap = evening(1.4);
    gap[3] = Number.NaN;
    expect(expected(gap)).toBe(updateToday(now).hours[17]!);
  });

  test("a date that is odd already is less sure", async () => {
    const { hours, champion } = await morning(moods);
    const width = (times: number) => {
      const counted = hours.map((value) => times * value);
      const { yhat, hi80, lo80, hours: all } = updateToday({ hours, counted, seen: until(14), champion });
      expect(all.every((value) => value >= 0)).toBe(true);
      return (hi80 - lo80) / (yhat - counted.subarray(0, 14).reduce((sum, value) => sum + value, 0));
    };
    expect(width(2)).toBeGreaterThan(1.3 * width(1));
  });

  test("the interval narrows and holds what is counted already", async () => {
    const { hours, champion } = await morning(moods);
    const at = (hour: number) => updateToday({ hours, counted: hours, seen: until(hour), champion });
    const [noon, evening] = [at(12), at(19)];
    expect(evening.hi80 - evening.lo80).toBeLessThan(noon.hi80 - noon.lo80);
    const counted = hours.subarray(0, 19).reduce((sum, value) => sum + value, 0);
    expect(evening.lo95).toBeGreaterThanOrEqual(counted);
    expect(evening.lo95).toBeLessThanOrEqual(evening.lo80);
    expect(evening.lo80).toBeLessThanOrEqual(evening.yhat);
    expect(evening.hi80).toBeGreaterThanOrEqual(evening.yhat);
    expect(DAY[19]! * WEEK[0]!).toBeGreaterThan(0);
  });
});
