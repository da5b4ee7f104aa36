import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cleanPanel } from "../../../cloud-ingest/quality/clean-panel.ts";
import { imputePanel } from "../../../cloud-ingest/quality/impute/impute-panel.ts";
import { judgePanel } from "../../../cloud-ingest/quality/judge-panel.ts";
import { type DayNote, type Panel, SLOTS } from "../../../cloud-ingest/quality/panel.ts";
import { changed, madePanel } from "./made-panels.ts";

const RUNS = Number(process.env.KAZOE_PROPERTY_ROUNDS ?? 25);

/** What must hold of any panel, however bad. */
function check(panel: Panel): void {
  const judgement = judgePanel(panel);
  for (const { from, to, confidence, evidence, series } of judgement.flags) {
    const length = panel.values[panel.names.indexOf(series)]!.length;
    expect(from).toBeGreaterThanOrEqual(0);
    expect(to).toBeGreaterThan(from);
    expect(to).toBeLessThanOrEqual(length);
    expect(confidence).toBeGreaterThanOrEqual(0);
    expect(confidence).toBeLessThanOrEqual(1);
    for (const number of Object.values(evidence)) expect(number).toSatisfy(Number.isFinite);
  }
  const clean = cleanPanel(panel, judgement, imputePanel(panel, judgement.isMissing));
  clean.series.forEach(({ value }, index) => {
    for (const count of value) expect(count < 0 || Math.abs(count) === Number.POSITIVE_INFINITY).toBe(false);
    expect(value).toHaveLength(panel.values[index]!.length);
  });
}

const odd = fc.constantFrom(
  Number.NaN,
  0,
  0,
  1,
  7,
  -5,
  1e9,
  1e308,
  0.5,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
);
const count = fc.oneof({ weight: 6, arbitrary: fc.integer({ min: 0, max: 300 }) }, { weight: 1, arbitrary: odd });
const note = fc.record(
  { holiday: fc.string(), isClosed: fc.boolean(), event: fc.string(), shock: fc.string() },
  { requiredKeys: [] },
);

const panels = fc
  .record({
    step: fc.constantFrom("hour", "day"),
    days: fc.integer({ min: 0, max: 60 }),
    series: fc.integer({ min: 0, max: 4 }),
  })
  .chain(({ step, days, series }) => {
    const length = days * SLOTS[step];
    return fc.record({
      step: fc.constant(step),
      days: fc.constant(days),
      values: fc.array(fc.array(count, { minLength: length, maxLength: length }), {
        minLength: series,
        maxLength: series,
      }),
      notes: fc.dictionary(
        fc.integer({ min: 1, max: 28 }).map((day) => `2024-01-${String(day).padStart(2, "0")}`),
        note,
      ),
    });
  })
  .map(
    ({ step, days, values, notes }): Panel => ({
      step,
      from: "2024-01-01",
      days,
      names: values.map((_, i) => (i < 2 ? `line:${i === 0 ? "in" : "out"}` : `series ${i}`)),
      values: values.map((series) => Float64Array.from(series)),
      notes: new Map(Object.entries(notes).map(([date, said]) => [date, said as DayNote])),
    }),
  );

test("any panel is judged without an exception, with finite evidence and no impossible clean value", () => {
  fc.assert(fc.property(panels, check), { numRuns: RUNS });
});

describe("one bad series leaves the others as they are judged", () => {
  const good = changed(madePanel({ doors: 4 }), 0, (series) => series.fill(0, 100 * 24, 105 * 24));
  const found = (panel: Panel) =>
    judgePanel(panel).flags.filter(({ series, kind }) => series === "door 0" && kind === "device");
  const expected = found(good).map(({ rule, from, to }) => ({ rule, from, to }));

  test.each([
    { name: "all zero", fill: (series: Float64Array) => series.fill(0) },
    { name: "all missing", fill: (series: Float64Array) => series.fill(Number.NaN) },
    { name: "constant", fill: (series: Float64Array) => series.fill(12) },
    { name: "1e9", fill: (series: Float64Array) => series.fill(1e9) },
    { name: "negative", fill: (series: Float64Array) => series.fill(-3) },
    { name: "infinite", fill: (series: Float64Array) => series.fill(Number.POSITIVE_INFINITY) },
    { name: "one value", fill: (series: Float64Array) => series.fill(Number.NaN).fill(5, 7, 8) },
  ])("$name", ({ fill }) => {
    const panel = changed(good, 3, (series) => void fill(series));
    check(panel);
    expect(expected.some(({ rule }) => rule === "dead")).toBe(true);
    expect(found(panel).map(({ rule, from, to }) => ({ rule, from, to }))).toEqual(expected);
  });
});

test.each([
  { name: "-5", value: -5, rule: "impossible" },
  { name: "1e9", value: 1e9, rule: "impossible" },
  { name: "infinity", value: Number.POSITIVE_INFINITY, rule: "impossible" },
  { name: "nothing", value: Number.NaN, rule: "gap" },
])("$name at noon is flagged as $rule and taken out", ({ value, rule }) => {
  const panel = changed(madePanel(), 1, (series) => {
    series[2412] = value;
  });
  const { flags, isMissing } = judgePanel(panel);
  expect(flags).toMatchObject([{ series: "door 1", from: 2412, to: 2413, rule, kind: "device" }]);
  expect(isMissing[1]![2412]).toBe(1);
});

test("a year's gap is one flag, and both sides of it are judged", () => {
  const panel = changed(madePanel({ days: 700, doors: 3 }), 1, (series) => {
    series.fill(Number.NaN, 150 * 24, 515 * 24);
    series.fill(0, 100 * 24, 104 * 24).fill(0, 600 * 24, 604 * 24);
  });
  const flags = judgePanel(panel).flags.filter(({ kind }) => kind === "device");
  expect(flags.map(({ rule, series }) => `${rule} ${series}`)).toEqual(["dead door 1", "gap door 1", "dead door 1"]);
  check(panel);
});

test("the hour that a clock skips is explained, the one that it shows twice is no fault", () => {
  const panel = changed(madePanel(), 0, (series) => {
    series[90 * 24 + 2] = Number.NaN;
    series[150 * 24 + 2] = 3;
  });
  expect(judgePanel(panel).flags).toMatchObject([{ rule: "gap", kind: "explained" }]);
});

test("contradictory notes: the strongest word holds", () => {
  const notes = new Map([["2024-04-10", { isClosed: true, event: "Fair", shock: "Storm", holiday: "Day off" }]]);
  const panel = changed(madePanel({ notes }), 0, (series) => series.fill(0, 100 * 24, 101 * 24));
  expect(judgePanel(panel).flags.filter(({ kind }) => kind === "device")).toEqual([]);
});
