import { describe, expect, test } from "vitest";
import { boundsOf } from "../../../cloud-ingest/forecast/combine/intervals.ts";
import { fitChampion } from "../../../cloud-ingest/forecast/fit.ts";
import { predict } from "../../../cloud-ingest/forecast/predict.ts";
import { ownErrors, youngErrors } from "../../../cloud-ingest/forecast/young-errors.ts";
import { madeHistory } from "./made-history.ts";

const CALM = { q025: -0.2, q10: -0.1, q90: 0.1, q975: 0.2 };
const RESTLESS = { q025: -0.9, q10: -0.45, q90: 0.45, q975: 0.9 };

describe("errors of a young series", () => {
  test("what it does not know adds to calm errors far more than to restless ones", () => {
    for (const known of [2, 7, 28]) {
      const grown = (errors: typeof CALM) => youngErrors(errors, { known }).q90 / errors.q90;
      expect(grown(CALM)).toBeGreaterThan(1.4 * grown(RESTLESS));
      expect(grown(RESTLESS)).toBeLessThan(1.4);
    }
  });

  test("less with each date, more for hours, and never less than the usual", () => {
    const widths = [0, 1, 2, 7, 14, 41].map((known) => youngErrors(CALM, { known }).q90);
    expect(widths).toEqual([...widths].sort((a, b) => b - a));
    expect(Math.min(...widths)).toBeGreaterThan(CALM.q90);
    expect(youngErrors(CALM, { known: 7, isHour: true }).q90).toBeGreaterThan(youngErrors(CALM, { known: 7 }).q90);
  });

  test("errors that lie to one side of what was said still have what was said inside", () => {
    const { lo95, lo80, hi80, hi95 } = boundsOf(
      100,
      youngErrors({ q025: 0, q10: 0, q90: 0.3, q975: 0.5 }, { known: 5 }),
      2,
    );
    expect([lo95, lo80, 100, hi80, hi95]).toEqual([lo95, lo80, 100, hi80, hi95].sort((a, b) => a - b));
    expect(lo80).toBeLessThan(90);
  });
});

describe("errors that no past forecast tells", () => {
  const weekday = Uint8Array.from({ length: 42 }, (_, day) => day % 7);
  const dates = (swing: number) =>
    Float64Array.from(weekday, (at, day) => 5 + 0.3 * at + (Math.floor(day / 7) % 2 === 0 ? swing : -swing));

  test("are those of its own dates about their weekday", () => {
    expect(ownErrors({ logs: dates(0.05), weekday }).q90).toBeLessThan(0.12);
    expect(ownErrors({ logs: dates(0.4), weekday }).q90).toBeGreaterThan(0.45);
  });

  test("of one date, of none, and of weekdays seen once are a stranger's", () => {
    const none = ownErrors({ logs: new Float64Array(42).fill(Number.NaN), weekday });
    const one = ownErrors({ logs: dates(0).map((log, day) => (day === 41 ? log : Number.NaN)), weekday });
    const week = ownErrors({ logs: dates(0).map((log, day) => (day > 34 ? log : Number.NaN)), weekday });
    expect([one, week]).toEqual([none, none]);
    expect(none.q90).toBeGreaterThan(0.2);
    expect(none.q90).toBeLessThan(0.7);
  });
});

describe("the only store of a tenant", () => {
  async function bands(days: number, step: "day" | "hour", factor = (_: number) => 1) {
    const history = madeHistory({ days, step, noise: 0.1, factor });
    const context = { calendars: [new Map()] };
    const champion = await fitChampion(history, context, { horizonDays: 7 });
    const kept: typeof champion = JSON.parse(JSON.stringify(champion));
    const horizon = step === "day" ? 7 : 168;
    const [one] = (await predict(kept, history, context, { horizon })).series;
    if (!one) throw new Error("No series");
    for (const [slot, value] of one.yhat.entries()) {
      const bounds = [0, one.lo95[slot] ?? -1, one.lo80[slot] ?? -1, value, one.hi80[slot] ?? -1, one.hi95[slot] ?? -1];
      expect(bounds.every(Number.isFinite)).toBe(true);
      expect(bounds).toEqual([...bounds].sort((a, b) => a - b));
    }
    const mean = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0);
    return { width: (mean(one.hi80) - mean(one.lo80)) / mean(one.yhat) };
  }

  test.each(["day", "hour"] as const)("is as sure as its own dates are alike, by %s", async (step) => {
    const widths: number[] = [];
    for (const days of [1, 2, 7, 14, 28, 50]) widths.push((await bands(days, step)).width);
    const [one = 0, two = 0, week = 0, , month = 0, old = 0] = widths;
    expect(one).toBeLessThan(4);
    expect(two).toBeLessThan(one);
    expect(week).toBeLessThan(1.6);
    expect(month).toBeLessThan(0.8);
    expect(old).toBeLessThan(0.8);
    expect(old).toBeGreaterThan(0.1);
  });

  test("that was closed on all its dates has no number that is none", async () => {
    expect((await bands(5, "day", () => 0)).width).not.toBe(Number.POSITIVE_INFINITY);
  });
});
