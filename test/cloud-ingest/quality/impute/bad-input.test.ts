import { describe, expect, test } from "vitest";
import { imputePanel } from "../../../../cloud-ingest/quality/impute/impute-panel.ts";
import { METHODS } from "../../../../cloud-ingest/quality/impute/imputed-panel.ts";
import type { Panel, Step } from "../../../../cloud-ingest/quality/panel.ts";
import { hide, madePanel } from "./made-panel.ts";

const DAY = 24;
const panelOf = (step: Step, values: readonly Float64Array[], days: number): Panel => {
  return { step, from: "2024-01-01", days, names: values.map((_, which) => `s${which}`), values, notes: new Map() };
};
const full = (days: number, value: number) => new Float64Array(days * DAY).fill(value);
const unmarked = (panel: Panel) => panel.values.map((values) => new Uint8Array(values.length));

describe("bad input", () => {
  test("no series, no days", () => {
    expect(imputePanel(panelOf("hour", [], 10), []).series).toEqual([]);
    const own = imputePanel(panelOf("hour", [new Float64Array(0)], 0), [new Uint8Array(0)]).series[0]!;
    expect(own.slots).toHaveLength(0);
  });

  test("without any history nothing is known, and that is said", () => {
    const panel = panelOf("hour", [full(30, Number.NaN), madePanel({ days: 30 }).values[0]!], 30);
    const own = imputePanel(panel, unmarked(panel)).series[0]!;
    expect(own.slots).toHaveLength(30 * DAY);
    expect(new Set([...own.methods].map((code) => METHODS[code]))).toEqual(new Set(["none"]));
    expect(own.values.every(Number.isNaN)).toBe(true);
  });

  test("one value in two months", () => {
    const values = full(60, Number.NaN);
    values[700] = 40;
    const panel = panelOf("hour", [values], 60);
    const own = imputePanel(panel, unmarked(panel)).series[0]!;
    expect(new Set(own.values)).toEqual(new Set([40]));
    expect(own.lo80[0]).toBeLessThan(20);
    expect(own.hi80[0]).toBeGreaterThan(80);
  });

  test.each([0, 7, 1e9])("a constant %d is filled with itself", (constant) => {
    const panel = panelOf("hour", [full(60, constant), full(60, constant)], 60);
    const own = imputePanel(panel, hide(panel, 0, 700, 760)).series[0]!;
    for (const [at, value] of own.values.entries()) {
      expect(value).toBeCloseTo(constant, constant > 1e6 ? -4 : 3);
      expect(own.lo80[at]).toBeLessThanOrEqual(value);
      expect(own.hi80[at]).toBeGreaterThanOrEqual(value);
    }
  });

  test("negative, infinite and absent counts are missing", () => {
    const panel = madePanel();
    panel.values[1]!.set([-5, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN], 1692);
    const own = imputePanel(panel, unmarked(panel)).series[1]!;
    expect([...own.slots]).toEqual([1692, 1693, 1694, 1695]);
    expect(own.values.every((value) => value > 50 && value < 1000)).toBe(true);
  });

  test("one count of 1e9 in a sibling or in the series moves no other slot by more than 10 %", () => {
    const truth = madePanel();
    for (const series of [0, 1]) {
      const panel = madePanel();
      panel.values[series]![1500] = 1e9;
      const own = imputePanel(panel, hide(panel, 1, 1692, 1695)).series[1]!;
      for (const [at, slot] of own.slots.entries()) {
        expect(Math.abs(own.values[at]! / truth.values[1]![slot]! - 1)).toBeLessThan(0.1);
      }
    }
  });

  test("a panel that names siblings that it does not have, and a series as its own", () => {
    const panel = { ...madePanel(), siblings: new Map([["s1", ["s1", "nobody"]]]) };
    const own = imputePanel(panel, hide(panel, 1, 1680, 1704)).series[1]!;
    expect(new Set([...own.methods].map((code) => METHODS[code]))).toEqual(new Set(["profile"]));
  });

  test("a marked slot in each second hour leaves no NaN", () => {
    const panel = madePanel({ days: 60 });
    const isMissing = unmarked(panel);
    for (let slot = 0; slot < isMissing[1]!.length; slot += 2) isMissing[1]![slot] = 1;
    const own = imputePanel(panel, isMissing).series[1]!;
    for (const part of [own.values, own.lo80, own.hi80]) expect(part.some(Number.isNaN)).toBe(false);
  });
});
