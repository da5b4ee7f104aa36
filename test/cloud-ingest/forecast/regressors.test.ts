import { describe, expect, test } from "vitest";
import { backtest, until } from "../../../cloud-ingest/forecast/backtest.ts";
import { daysBefore, makeDays } from "../../../cloud-ingest/forecast/days/make-days.ts";
import { fitChampion } from "../../../cloud-ingest/forecast/fit.ts";
import type { Context, Regressor } from "../../../cloud-ingest/forecast/port.ts";
import { predict } from "../../../cloud-ingest/forecast/predict.ts";
import { madeHistory, WEEK } from "./made-history.ts";

const DAYS = 210;
const HORIZON = 14;
/** Every ninth date is a sale, which doubles the people: no weekday and no season tells it. */
const isSale = (day: number) => day % 9 === 0;
const sales = Float64Array.from({ length: DAYS + HORIZON }, (_, day) => (isSale(day) ? 1 : 0));
const history = madeHistory({ days: DAYS, noise: 0.05, factor: (day) => (isSale(day) ? 2 : 1) });

const withSales = (isKnownAhead: boolean, values = sales): Context => {
  const regressor: Regressor = { name: "sale", isKnownAhead, values: [values] };
  return { calendars: [new Map()], regressors: [regressor] };
};

async function foretold(context: Context): Promise<Float64Array> {
  const champion = await fitChampion(history, context, { horizonDays: HORIZON });
  return (await predict(champion, history, context, { horizon: HORIZON })).series[0]!.yhat;
}

const SALE = 216;
const usual = WEEK[SALE % 7]!;

describe("numbers beside the counts", () => {
  test("known in advance, they are used for the dates ahead, and their part is told", async () => {
    const context = withSales(true);
    const champion = await fitChampion(history, context, { horizonDays: HORIZON });
    const { yhat, parts } = (await predict(champion, history, context, { horizon: HORIZON })).series[0]!;
    expect(yhat[SALE - DAYS]! / usual).toBeGreaterThan(1.6);
    expect(yhat[SALE - DAYS + 1]! / WEEK[(SALE + 1) % 7]!).toBeLessThan(1.25);
    expect(parts[SALE - DAYS]!.regressors).toBeGreaterThan(0.4 * usual);
  });

  test("not known in advance, no number behind the history changes a digit of anything", async () => {
    const other = sales.map((value, day) => (day < DAYS ? value : 1000 * Math.sin(day)));
    const yhat = await foretold(withSales(false));
    expect([...(await foretold(withSales(false, other)))]).toEqual([...yhat]);
    expect(yhat[SALE - DAYS]! / usual).toBeLessThan(1.4);
  });

  test("nor at a past origin, from which weights and intervals are learnt", () => {
    const all = makeDays(history, withSales(false), HORIZON);
    const [own] = daysBefore(all, 100).dates;
    expect(own?.regressors[0]?.subarray(100).every((value) => value === 0)).toBe(true);
    expect(own?.regressors[0]?.[99]).not.toBe(0);
    const [ahead] = daysBefore(makeDays(history, withSales(true), HORIZON), 100).dates;
    expect(ahead?.regressors[0]?.[SALE]).toBeGreaterThan(0);
  });

  test("intervals of what is not known in advance reach the sale, those of what is known need not", async () => {
    const width = async (isKnownAhead: boolean) => {
      const context = withSales(isKnownAhead);
      const champion = await fitChampion(history, context, { horizonDays: HORIZON });
      const { hi95, yhat } = (await predict(champion, history, context, { horizon: HORIZON })).series[0]!;
      return hi95[1]! / yhat[1]!;
    };
    expect(await width(false)).toBeGreaterThan(1.5);
    expect(await width(true)).toBeLessThan(1.4);
  });

  test("a backtest gives the same as a fit that ends at the origin", async () => {
    const context = withSales(false);
    for await (const { origin, forecast } of backtest(history, context, { horizon: 7, origins: 1, stepDays: 7 })) {
      const past = until(history, origin);
      const cut = withSales(false, sales.subarray(0, origin));
      const champion = await fitChampion(past, cut, { horizonDays: 7 });
      const { series } = await predict(champion, past, cut, { horizon: 7 });
      expect([...forecast.series[0]!.yhat]).toEqual([...series[0]!.yhat]);
    }
  });
});
