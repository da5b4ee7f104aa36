import { describe, expect, test } from "vitest";
import { imputePanel } from "../../../../cloud-ingest/quality/impute/impute-panel.ts";
import { type ImputedSeries, METHODS } from "../../../../cloud-ingest/quality/impute/imputed-panel.ts";
import type { DayNote, Panel } from "../../../../cloud-ingest/quality/panel.ts";
import { hide, madePanel } from "./made-panel.ts";

const DAY = 24;

function wape(panel: Panel, series: number, { slots, values }: ImputedSeries): number {
  const truth = [...slots].map((slot) => panel.values[series]![slot]!);
  const error = truth.reduce((sum, each, at) => sum + Math.abs(each - values[at]!), 0);
  return error / truth.reduce((sum, each) => sum + each, 0);
}

const methodsOf = ({ methods }: ImputedSeries) => new Set([...methods].map((code) => METHODS[code]!));

function expectSound({ values, lo80, hi80, methods }: ImputedSeries): void {
  for (const [at, value] of values.entries()) {
    if (METHODS[methods[at]!] === "none") continue;
    expect(lo80[at]).toBeGreaterThanOrEqual(0);
    expect(value).toBeGreaterThanOrEqual(lo80[at]!);
    expect(hi80[at]).toBeGreaterThanOrEqual(value);
    expect(hi80[at]).toBeLessThan(Number.POSITIVE_INFINITY);
  }
}

describe("a gap with siblings", () => {
  test.each([
    { name: "3 h", from: 70 * DAY + 12, slots: 3 },
    { name: "a day", from: 70 * DAY, slots: DAY },
    { name: "a week", from: 70 * DAY, slots: 7 * DAY },
    { name: "at the beginning", from: 0, slots: 7 * DAY },
    { name: "at the end", from: 133 * DAY, slots: 7 * DAY },
    { name: "two months", from: 30 * DAY, slots: 60 * DAY },
  ])("of $name is filled within 5 % from shared weather that the series' own past cannot know", ({ from, slots }) => {
    const panel = madePanel();
    const own = imputePanel(panel, hide(panel, 1, from, from + slots)).series[1]!;
    expect([...own.slots]).toEqual(Array.from({ length: slots }, (_, at) => from + at));
    expect(methodsOf(own)).toEqual(new Set(["siblings"]));
    expect(wape(panel, 1, own)).toBeLessThan(0.05);
    expectSound(own);
  });

  test("leaves the panel as it was and does not read what stands in a marked slot", () => {
    const panel = madePanel();
    const before = panel.values.map((values) => values.slice());
    const plain = imputePanel(panel, hide(panel, 1, 1700, 1724)).series[1]!;
    expect(panel.values).toEqual(before);
    panel.values[1]!.fill(1e9, 1700, 1724);
    expect(imputePanel(panel, hide(panel, 1, 1700, 1724)).series[1]).toEqual(plain);
  });

  test("asks no sibling that was marked in it, nor one that the panel does not name", () => {
    const panel = madePanel();
    const isMissing = hide(panel, 1, 1680, 1704);
    isMissing[0]!.fill(1, 1680, 1704);
    panel.values[0]!.fill(1e9, 1680, 1704);
    const only = { ...panel, siblings: new Map([["s1", ["s0"]]]) };
    expect(methodsOf(imputePanel(only, isMissing).series[1]!)).toEqual(new Set(["profile"]));
    expect(methodsOf(imputePanel(panel, isMissing).series[1]!)).toEqual(new Set(["siblings"]));
  });

  test("gives 0 without doubt at hours at which nobody ever comes", () => {
    const panel = madePanel();
    const { values, hi80 } = imputePanel(panel, hide(panel, 1, 1680, 1704)).series[1]!;
    const night = [0, 1, 2, 3, 9, 20, 23];
    expect(night.map((hour) => values[hour])).toEqual(night.map(() => 0));
    expect(night.map((hour) => hi80[hour])).toEqual(night.map(() => 0));
    expect(values[12]).toBeGreaterThan(50);
  });
});

test("the interval holds about four of five counts", () => {
  const panel = madePanel({ noise: 0.4, days: 400 });
  const isMissing = hide(panel, 1, 0, 0);
  for (const series of [0, 1, 2, 3]) {
    for (let day = 10 + series; day < 390; day += 15) isMissing[series]!.fill(1, day * DAY, (day + 1) * DAY);
  }
  let [open, covered] = [0, 0];
  for (const [series, { slots, lo80, hi80 }] of imputePanel(panel, isMissing).series.entries()) {
    for (const [at, slot] of slots.entries()) {
      const truth = panel.values[series]![slot]!;
      if (truth === 0) continue;
      open++;
      if (truth >= lo80[at]! && truth <= hi80[at]!) covered++;
    }
  }
  expect(open).toBeGreaterThan(900);
  expect(covered / open).toBeGreaterThan(0.75);
  expect(covered / open).toBeLessThan(0.86);
});

test("all siblings gone as well: the profile, with a wider interval", () => {
  const panel = madePanel();
  const [from, to] = [70 * DAY, 71 * DAY];
  const alone = imputePanel(
    panel,
    panel.values.map((values) => new Uint8Array(values.length).fill(1, from, to)),
  ).series[1]!;
  const helped = imputePanel(panel, hide(panel, 1, from, to)).series[1]!;
  expect(methodsOf(alone)).toEqual(new Set(["profile"]));
  expect(wape(panel, 1, alone)).toBeLessThan(0.3);
  expect(alone.hi80[12]! - alone.lo80[12]!).toBeGreaterThan(2 * (helped.hi80[12]! - helped.lo80[12]!));
});

test("a year's gap has the weekday's shape and a bounded interval", () => {
  const panel = madePanel({ days: 730, series: 1 });
  const own = imputePanel(panel, hide(panel, 0, 180 * DAY, 545 * DAY)).series[0]!;
  expectSound(own);
  expect(wape(panel, 0, own)).toBeLessThan(0.3);
  const totalOf = (day: number) => own.values.subarray(day * DAY, (day + 1) * DAY).reduce((sum, each) => sum + each, 0);
  // 2024-01-01 was a Monday; the made shops are busier at weekends.
  expect(totalOf(5 + 7 * 20 - (180 % 7))).toBeGreaterThan(1.2 * totalOf(1 + 7 * 20 - (180 % 7)));
});

test("a series with one day of history follows its sibling at its own level", () => {
  const panel = madePanel({ days: 60, series: 2 });
  panel.values[1]!.fill(Number.NaN, 0, 59 * DAY);
  const own = imputePanel(panel, hide(panel, 1, 0, 0)).series[1]!;
  expectSound(own);
  expect(methodsOf(own)).toEqual(new Set(["siblings"]));
  expect(own.values[30 * DAY + 12]! / panel.values[0]![30 * DAY + 12]!).toBeCloseTo(2, 0);
});

describe("the calendar", () => {
  const dateOf = (day: number) => new Date(Date.parse("2024-01-01") + day * 86_400_000).toISOString().slice(0, 10);

  test("closes: 0, known, for a series with history and for one without", () => {
    const notes = new Map<string, DayNote>([[dateOf(70), { isClosed: true }]]);
    const panel = madePanel({ notes });
    panel.values[3]!.fill(Number.NaN);
    const { series } = imputePanel(panel, hide(panel, 1, 70 * DAY, 71 * DAY));
    for (const [own, at] of [
      [series[1]!, 12],
      [series[3]!, 70 * DAY + 12],
    ] as const) {
      expect([own.values[at], own.lo80[at], own.hi80[at]]).toEqual([0, 0, 0]);
      expect(METHODS[own.methods[at]!]).toBe("calendar");
    }
  });

  test("holidays do not stand for ordinary days, and look like Sundays where they did before", () => {
    const holidays = [16, 37, 65, 86, 107];
    const notes = new Map<string, DayNote>(holidays.map((day) => [dateOf(day), { holiday: "a holiday" }]));
    const panel = madePanel({ series: 1, weather: 0, notes });
    for (const day of holidays) for (let hour = 10; hour < 20; hour++) panel.values[0]![day * DAY + hour]! *= 1.5;
    const filled = (day: number) => imputePanel(panel, hide(panel, 0, day * DAY, (day + 1) * DAY)).series[0]!;
    expect(wape(panel, 0, filled(65))).toBeLessThan(0.1);
    expect(wape(panel, 0, filled(72))).toBeLessThan(0.05);
  });
});

test("days of 23 and 25 hours do not disturb the hours around them", () => {
  const panel = madePanel();
  for (const values of panel.values) {
    values[90 * DAY + 2] = Number.NaN;
    values[20 * DAY + 2]! *= 2;
  }
  const own = imputePanel(panel, hide(panel, 1, 90 * DAY + 10, 90 * DAY + 20)).series[1]!;
  expect(own.values[0]).toBe(0);
  expect(wape(panel, 1, { ...own, slots: own.slots.subarray(1), values: own.values.subarray(1) })).toBeLessThan(0.05);
});

describe("a daily panel", () => {
  test.each([1, 3, 7])("of gaps of %i days is filled from siblings", (days) => {
    const panel = madePanel({ step: "day", days: 300 });
    const own = imputePanel(panel, hide(panel, 1, 200, 200 + days)).series[1]!;
    expectSound(own);
    expect(wape(panel, 1, own)).toBeLessThan(0.05);
  });
});
