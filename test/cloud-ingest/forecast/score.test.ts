import { expect, it } from "vitest";
import { backtest } from "../../../cloud-ingest/forecast/backtest.ts";
import type { History } from "../../../cloud-ingest/forecast/port.ts";
import { Scorer } from "../../../cloud-ingest/forecast/score.ts";
import { madeHistory } from "./made-history.ts";

const HORIZON = 14;

/** Of all series, and of the first alone in the same rounds. */
async function scoresOf(history: History) {
  const options = { truth: history.values, slotsPerDay: 1, horizon: HORIZON, season: 7 };
  const [all, first] = [new Scorer(options), new Scorer(options)];
  const asked = { horizon: HORIZON, origins: 2, stepDays: 7 };
  for await (const round of backtest(history, { calendars: [new Map()] }, asked)) {
    all.add(round);
    first.add({ ...round, forecast: { ...round.forecast, series: round.forecast.series.slice(0, 1) } });
  }
  return [all.score(), first.score()] as const;
}

it("leaves series that have no scale out of every measure alike", async () => {
  const made = madeHistory({ days: 90, names: ["shop", "silent", "new"], noise: 0.1 });
  const [shop, , late] = made.values;
  const silent = new Float64Array(90);
  // Five dates before the last origin: none has one of the same weekday before it.
  late!.fill(Number.NaN, 0, 71);
  const [all, first] = await scoresOf({ ...made, values: [shop!, silent, late!] });
  expect(all).toEqual(first);
  expect(all.pairs).toBe(2);
  expect(all.coverage80).toBeGreaterThan(0.3);
  expect(all.coverage95).toBeLessThanOrEqual(1);
});
