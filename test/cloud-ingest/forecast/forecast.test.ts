import { describe, expect, test } from "vitest";
import { backtest, until } from "../../../cloud-ingest/forecast/backtest.ts";
import { fitChampion } from "../../../cloud-ingest/forecast/fit.ts";
import type { Calendar, Context, History } from "../../../cloud-ingest/forecast/port.ts";
import { predict } from "../../../cloud-ingest/forecast/predict.ts";
import type { DayNote } from "../../../cloud-ingest/quality/panel.ts";
import { DAY, dateAt, madeHistory, WEEK } from "./made-history.ts";

const PLAIN: Context = { calendars: [new Map()] };

async function forecast(history: History, horizon: number, context = PLAIN) {
  const champion = await fitChampion(history, context, { horizonDays: 28 });
  return predict(champion, history, context, { horizon });
}

const calendar = (notes: readonly (readonly [number, DayNote])[]): Calendar =>
  new Map(notes.map(([day, note]) => [dateAt(day), note]));

const nothing = () => Number.NaN;

describe("what is foretold", () => {
  test("a weekly habit goes on", async () => {
    const { from, series } = await forecast(madeHistory({ days: 140, noise: 0.02 }), 14);
    expect(from).toBe(dateAt(140));
    for (let h = 0; h < 14; h++) expect(series[0]!.yhat[h]! / WEEK[h % 7]!).toBeCloseTo(1, 1);
  });

  test("hours add up to their date and follow its habit, none in the night", async () => {
    const { series } = await forecast(madeHistory({ days: 100, step: "hour", noise: 0.02 }), 48);
    for (const day of [0, 1]) {
      const hours = series[0]!.yhat.subarray(day * 24, (day + 1) * 24);
      const total = hours.reduce((sum, value) => sum + value, 0);
      expect(total / WEEK[(100 + day) % 7]!).toBeCloseTo(1, 1);
      expect(hours[3]).toBeLessThan(0.001 * total);
      expect(hours[12]! / total).toBeCloseTo(DAY[12]!, 2);
    }
  });

  test("a holiday that has always emptied the shop does it again, under its name alone", async () => {
    const days = 300;
    const holidays = [40, 90, 150, 215, 260, 303];
    const factor = (day: number) => (holidays.includes(day) ? 0.3 : 1);
    const notes = calendar(holidays.map((day) => [day, { holiday: "Rest day" }]));
    const { series } = await forecast(madeHistory({ days, factor, noise: 0.02 }), 7, { calendars: [notes] });
    expect(series[0]!.yhat[3]! / WEEK[303 % 7]!).toBeGreaterThan(0.2);
    expect(series[0]!.yhat[3]! / WEEK[303 % 7]!).toBeLessThan(0.45);
    expect(series[0]!.parts[3]!.holiday).toBeLessThan(-0.5 * WEEK[303 % 7]!);
    expect(series[0]!.yhat[5]! / WEEK[305 % 7]!).toBeCloseTo(1, 1);
  });

  test("a date that the calendar closes has nobody, and no doubt", async () => {
    const notes = calendar([[142, { isClosed: true }]]);
    const { series } = await forecast(madeHistory({ days: 140, noise: 0.05 }), 7, { calendars: [notes] });
    const { yhat, lo95, hi95 } = series[0]!;
    expect([yhat[2], lo95[2], hi95[2]]).toEqual([0, 0, 0]);
    expect(yhat[3]).toBeGreaterThan(50);
  });

  test("a masked shock teaches nothing: the level behind it counts", async () => {
    const factor = (day: number) => (day >= 200 && day < 260 ? 0.05 : day >= 260 ? 0.5 : 1);
    const notes = calendar(Array.from({ length: 60 }, (_, i) => [200 + i, { shock: "lockdown" }] as const));
    const history = madeHistory({ days: 290, factor, noise: 0.02 });
    const { series } = await forecast(history, 28, { calendars: [notes] });
    for (let h = 0; h < 28; h++) expect(series[0]!.yhat[h]! / (0.5 * WEEK[(290 + h) % 7]!)).toBeCloseTo(1, 0);
    const total = series[0]!.yhat.reduce((sum, value) => sum + value, 0);
    expect(total / (4 * 0.5 * WEEK.reduce((sum, value) => sum + value, 0))).toBeCloseTo(1, 1);
  });

  test("zeros of a device that was out are no level", async () => {
    const history = madeHistory({ days: 140, noise: 0.02, factor: (day) => (day >= 133 ? 0 : 1) });
    const { series } = await forecast(history, 7);
    for (let h = 0; h < 7; h++) expect(series[0]!.yhat[h]! / WEEK[h % 7]!).toBeCloseTo(1, 1);
  });

  test("a shop that is closed on Mondays stays closed on Mondays", async () => {
    const history = madeHistory({ days: 140, noise: 0.02, factor: (day) => (day % 7 === 0 ? 0 : 1) });
    const { series } = await forecast(history, 7);
    expect(series[0]!.yhat[0]).toBeLessThan(10);
    expect(series[0]!.yhat[1]! / WEEK[1]!).toBeCloseTo(1, 1);
  });

  test("a gap of weeks is bridged by what was before", async () => {
    const history = madeHistory({ days: 140, noise: 0.02 });
    history.values[0]!.fill(Number.NaN, 110, 140);
    const { series } = await forecast(history, 7);
    for (let h = 0; h < 7; h++) expect(series[0]!.yhat[h]! / WEEK[h % 7]!).toBeCloseTo(1, 1);
  });

  test("an hour that the clock skips, and one that it shows twice, change no date", async () => {
    const history = madeHistory({ days: 100, step: "hour", noise: 0.02 });
    const whole = await forecast(history, 24);
    history.values[0]![90 * 24 + 2] = Number.NaN;
    history.values[0]![93 * 24 + 2] = 0;
    const skipped = await forecast(history, 24);
    for (let hour = 0; hour < 24; hour++)
      expect(skipped.series[0]!.yhat[hour]).toBeCloseTo(whole.series[0]!.yhat[hour]!, 1);
  });
});

describe("little or nothing known", () => {
  test.each([
    { name: "zeros alone", make: () => 0, most: 1 },
    { name: "one value", make: (day: number) => (day === 50 ? 40 : Number.NaN), most: 90 },
    { name: "nothing", make: nothing, most: 1 },
    { name: "three dates", make: (day: number) => (day > 56 ? 40 : Number.NaN), most: 90 },
  ])("$name", async ({ make, most }) => {
    const history = madeHistory({ days: 60, names: ["quiet", "usual"], noise: 0.1 });
    const values = [Float64Array.from({ length: 60 }, (_, day) => make(day)), history.values[1]!];
    const { series } = await forecast({ ...history, values }, 28);
    for (const value of series[0]!.yhat) {
      expect(value).toBeGreaterThanOrEqual(0);
      expect(value).toBeLessThan(most);
    }
    for (const each of series) expectOrdered(each);
  });

  test("a single date of a single series", async () => {
    const { series } = await forecast(madeHistory({ days: 1 }), 7);
    expect(series[0]!.yhat.every((value) => value >= 0 && value < 1000)).toBe(true);
  });

  test("a series that is new takes the weights and errors of all", async () => {
    const old = madeHistory({ days: 140, names: ["a", "b"], noise: 0.05 });
    const champion = await fitChampion(old, PLAIN, { horizonDays: 28 });
    const { series } = await predict(champion, madeHistory({ days: 140, names: ["a", "new"] }), PLAIN, { horizon: 7 });
    expect(series[1]!.yhat[0]! / (2 * WEEK[0]!)).toBeCloseTo(1, 1);
    expectOrdered(series[1]!);
    expect(series[1]!.hi80[0]! / series[1]!.yhat[0]!).toBeLessThan(1.5);
  });
});

function expectOrdered({
  lo95,
  lo80,
  yhat,
  hi80,
  hi95,
}: Record<"lo95" | "lo80" | "yhat" | "hi80" | "hi95", Float64Array>) {
  for (let h = 0; h < yhat.length; h++) {
    const row = [0, lo95[h]!, lo80[h]!, yhat[h]!, hi80[h]!, hi95[h]!];
    expect(row.every(Number.isFinite)).toBe(true);
    expect(row).toEqual([...row].sort((a, b) => a - b));
  }
}

describe("promises", () => {
  test("intervals are in order and get wider for 95 %", async () => {
    const { series } = await forecast(madeHistory({ days: 200, names: ["a", "b", "c"], noise: 0.3 }), 28);
    for (const each of series) {
      expectOrdered(each);
      expect(each.hi95[0]!).toBeGreaterThan(each.hi80[0]!);
    }
  });

  test("parts add up to the date", async () => {
    const { series } = await forecast(madeHistory({ days: 200, noise: 0.3 }), 28);
    series[0]!.parts.forEach(({ date, named, missing, ...people }, h) => {
      expect([named, missing]).toEqual([undefined, undefined]);
      const sum = Object.values(people).reduce((total, value) => total + value, 0);
      expect(sum).toBeCloseTo(series[0]!.yhat[h]!, 6);
      expect(date).toBe(dateAt(200 + h));
    });
  });

  test("a rerun gives the same to the last digit", async () => {
    const made = () => madeHistory({ days: 220, names: ["a", "b"], noise: 0.3 });
    expect(await forecast(made(), 28)).toEqual(await forecast(made(), 28));
  });

  test("an artefact that went through JSON gives the same", async () => {
    const history = madeHistory({ days: 220, names: ["a", "b"], noise: 0.3 });
    const champion = await fitChampion(history, PLAIN, { horizonDays: 28 });
    const again = JSON.parse(JSON.stringify(champion));
    expect(await predict(again, history, PLAIN, { horizon: 28 })).toEqual(
      await predict(champion, history, PLAIN, { horizon: 28 }),
    );
  });

  test("nothing behind an origin is heard: other numbers there, the same forecast; and the same as from a history that ends there", async () => {
    const options = { horizon: 14, origins: 2, stepDays: 28 };
    const history = madeHistory({ days: 240, names: ["a", "b"], noise: 0.3, step: "hour" });
    const changed = { ...history, values: history.values.map((values) => values.slice()) };
    const rounds = await collect(backtest(history, PLAIN, { ...options, horizon: 14 * 24 }));
    const first = rounds[0]!.origin;
    for (const values of changed.values) for (let slot = first * 24; slot < values.length; slot++) values[slot]! *= 7;
    const others = await collect(backtest(changed, PLAIN, { ...options, horizon: 14 * 24 }));
    expect(others[0]!.forecast).toEqual(rounds[0]!.forecast);
    expect(others[1]!.forecast).not.toEqual(rounds[1]!.forecast);
    const past = until(history, first);
    const champion = await fitChampion(past, PLAIN, { horizonDays: 14 });
    expect(await predict(champion, past, PLAIN, { horizon: 14 * 24 })).toEqual(rounds[0]!.forecast);
  });
});

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

describe("refused", () => {
  const good = madeHistory({ days: 20 });
  test.each([
    {
      name: "a negative value",
      history: { ...good, values: [good.values[0]!.map((v, i) => (i === 3 ? -1 : v))] },
      error: /-1 at 2024-01-04/,
    },
    {
      name: "an infinite value",
      history: { ...good, values: [good.values[0]!.map((v, i) => (i === 4 ? Infinity : v))] },
      error: /Infinity at 2024-01-05/,
    },
    {
      name: "more than anybody counts",
      history: { ...good, values: [good.values[0]!.map((v, i) => (i === 4 ? 1e308 : v))] },
      error: /1e\+308 at 2024-01-05/,
    },
    { name: "no series", history: { ...good, names: [], values: [] }, error: /no series/ },
    {
      name: "two of one name",
      history: { ...good, names: ["a", "a"], values: [good.values[0]!, good.values[0]!] },
      error: /one name/,
    },
    { name: "a series that is too short", history: { ...good, days: 30 }, error: /20 values for 30 dates/ },
  ])("$name", async ({ history, error }) => {
    await expect(fitChampion(history, PLAIN, { horizonDays: 7 })).rejects.toThrow(error);
  });

  test("an artefact of another version, step, or with trees that are none", async () => {
    const champion = await fitChampion(good, PLAIN, { horizonDays: 7 });
    const ask = (other: object) => predict({ ...champion, ...other }, good, PLAIN, { horizon: 7 });
    await expect(ask({ version: 0 })).rejects.toThrow(/version 0/);
    await expect(ask({ step: "hour" })).rejects.toThrow(/by hour/);
    await expect(ask({ members: { "boosted-trees": { trees: 3 } } })).rejects.toThrow(/cannot be read/);
  });

  test("calendars for other series than there are", async () => {
    const context = { calendars: [new Map(), new Map()] };
    await expect(fitChampion(good, context, { horizonDays: 7 })).rejects.toThrow(/2 of calendars for 1 series/);
  });
});
