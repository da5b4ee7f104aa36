import { expect, test } from "vitest";
import { fitChampion } from "../../../cloud-ingest/forecast/fit.ts";
import { predict } from "../../../cloud-ingest/forecast/predict.ts";
import type { DayNote } from "../../../cloud-ingest/quality/panel.ts";
import { dateAt, type MadeOptions, madeHistory, WEEK } from "./made-history.ts";

const HORIZON = 28;
const USUAL = 4 * WEEK.reduce((sum, value) => sum + value, 0);

/** What is foretold for four weeks by date, as a part of the usual; bounds are in order and numbers. */
async function foretold(made: MadeOptions, notes?: ReadonlyMap<string, DayNote>, unknown = 0) {
  return (await bandOf(made, notes, unknown)).people;
}

/** The same, and the width of the interval of 80 % as a part of it. */
async function bandOf(made: MadeOptions, notes: ReadonlyMap<string, DayNote> = new Map(), unknown = 0) {
  const history = madeHistory(made);
  for (const values of history.values) values.fill(Number.NaN, values.length - unknown);
  const context = { calendars: [notes] };
  const champion = await fitChampion(history, context, { horizonDays: HORIZON });
  const kept: typeof champion = JSON.parse(JSON.stringify(champion));
  const horizon = made.step === "hour" ? 7 * 24 : HORIZON;
  const { series } = await predict(kept, history, context, { horizon });
  for (const one of series)
    for (const [slot, value] of one.yhat.entries()) {
      const bounds = [0, one.lo95[slot]!, one.lo80[slot]!, value, one.hi80[slot]!, one.hi95[slot]!];
      expect(bounds.every(Number.isFinite)).toBe(true);
      expect(bounds).toEqual([...bounds].sort((a, b) => a - b));
    }
  const sum = (values: Float64Array) => values.reduce((total, value) => total + value, 0);
  const { yhat, lo80, hi80 } = series[0]!;
  return { people: sum(yhat) / USUAL, width: (sum(hi80) - sum(lo80)) / sum(yhat) };
}

test.each([20, 65, 66, 75, 120])(
  "%i dates unknown before the forecast: the level of before stands",
  async (unknown) => {
    const part = await foretold({ days: 400, noise: 0.1 }, undefined, unknown);
    expect(part).toBeGreaterThan(0.8);
    expect(part).toBeLessThan(1.2);
  },
);

test("a shop that was closed by its calendar for 75 dates reopens as it was", async () => {
  const notes = new Map(Array.from({ length: 75 }, (_, i) => [dateAt(399 - i), { isClosed: true }]));
  const factor = (day: number) => (day > 324 ? 0 : 1);
  expect(await foretold({ days: 400, noise: 0.1, factor }, notes)).toBeGreaterThan(0.8);
});

test.each([3, 7, 14, 22])(
  "%i dates behind a closure of 70 that nobody told of, it is as it was before",
  async (since) => {
    const factor = (day: number) => (day >= 330 && day < 400 ? 0 : 1);
    const part = await foretold({ days: 400 + since, noise: 0.1, factor });
    expect(part).toBeGreaterThan(0.8);
    expect(part).toBeLessThan(1.2);
  },
);

test("while such a closure lasts nobody is foretold", async () => {
  expect(await foretold({ days: 400, noise: 0.1, factor: (day) => (day >= 330 ? 0 : 1) })).toBeLessThan(0.05);
});

test.each([36, 43, 47, 100])("%i dates of nobody, or of always the same, are numbers", async (days) => {
  expect(await foretold({ days, factor: () => 0 })).toBeCloseTo(0, 6);
  expect(await foretold({ days })).toBeCloseTo(1, 1);
  expect(await foretold({ days }, new Map([[dateAt(days - 5), { shock: "fair" }]]))).toBeCloseTo(1, 1);
});

test.each(["empty", "closed for 75 dates"])("by hour, one series that is %s does not end the others", async (what) => {
  const factor = (day: number) => (what === "empty" || (day > 200 && day < 275) ? 0 : 1);
  const part = await foretold({ days: 285, step: "hour", noise: 0.1, factor });
  expect(Number.isFinite(part)).toBe(true);
});

test("a shop of one season is closed where it was closed each year, not out", async () => {
  const isOpen = (day: number) => day % 364 < 100 || day % 364 >= 330;
  const factor = (day: number) => (isOpen(day) ? 1 : 0);
  expect(await foretold({ days: 2 * 364 + 110, noise: 0.1, factor })).toBeLessThan(0.1);
});
