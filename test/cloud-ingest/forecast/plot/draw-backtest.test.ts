import { expect, test } from "vitest";
import type { BacktestRound } from "../../../../cloud-ingest/forecast/backtest.ts";
import { drawBacktest, LastRounds } from "../../../../cloud-ingest/forecast/plot/draw-backtest.ts";
import type { History } from "../../../../cloud-ingest/forecast/port.ts";

const ORIGINS = [35, 42, 49, 56];
const HORIZON = 7;
const DAYS = 63;

const history = (values: readonly Float64Array[]): History => ({
  ...{ step: "day", from: "2026-01-01", days: DAYS, names: ["<Ginza>", "new"].slice(0, values.length), values },
});

/** 80 people foretold, 60 to 90 likely, of every series. */
const round = (origin: number, series: number): BacktestRound =>
  ({
    origin,
    forecast: {
      ...{ step: "day", from: "2026-01-01" },
      series: Array.from({ length: series }, () => ({
        yhat: new Float64Array(HORIZON).fill(80),
        lo80: new Float64Array(HORIZON).fill(60),
        hi80: new Float64Array(HORIZON).fill(90),
      })),
    },
  }) as unknown as BacktestRound;

const all = (number: number) => new Float64Array(DAYS).fill(number);

function lastOf(made: History): LastRounds {
  const last = new LastRounds(made);
  for (const origin of ORIGINS) last.add(round(origin, made.names.length));
  return last;
}

/** The pictures of one SVG, one for each series. */
const pictures = (svg: string) => svg.split("<g ").slice(1);
const count = (svg: string, what: string) => svg.split(what).length - 1;

test("the last three forecasts of dates are drawn over what came, each with its interval and its origin", () => {
  const shop = history([all(100)]);
  const svg = drawBacktest(shop, lastOf(shop).rounds);
  const [picture = ""] = pictures(svg);
  expect(svg).toContain("from 2026-01-15");
  expect(picture).toContain("&lt;Ginza&gt;");
  expect(count(picture, "stroke-dasharray")).toBe(3);
  expect(count(picture, "opacity")).toBe(3);
  // Of 120 at the top and 0 at the ground: what came, what was foretold, and the ends of the interval.
  for (const y of ["48.0", "70.0", "59.0", "92.0"]) expect(picture).toMatch(new RegExp(`[ML][\\d.]+ ${y}`));
  // The first origin is shown 28 of 49 days from the left of 930 pixels.
  expect(picture).toContain(`x1="${(60 + (930 * 28) / 49).toFixed(1)}"`);
});

test("what was not counted leaves a gap, and a series that nobody knew yet has no forecast", () => {
  const [old, young] = [all(100), all(Number.NaN)];
  old[50] = Number.NaN;
  young.fill(20, 60);
  const shop = history([old, young]);
  const [first = "", second = ""] = pictures(drawBacktest(shop, lastOf(shop).rounds));
  const truth = /<path d="([^"]*)" fill="none" stroke="#555555"/;
  expect(count(truth.exec(first)?.[1] ?? "", "M")).toBe(2);
  expect(count(second, "stroke-dasharray")).toBe(0);
  expect(truth.exec(second)?.[1]).toMatch(/^M/);
});

test("of hours the last forecast alone is drawn", () => {
  const last = new LastRounds({ step: "hour" });
  for (const origin of ORIGINS) last.add(round(origin, 1));
  expect(last.rounds.map(({ origin }) => origin)).toEqual([56]);
});
