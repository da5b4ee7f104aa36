import { expect, test } from "vitest";
import type { PastOrigin } from "../../../../cloud-ingest/forecast/combine/evidence.ts";
import { leansOf } from "../../../../cloud-ingest/forecast/combine/lean.ts";
import { daysBefore, makeDays } from "../../../../cloud-ingest/forecast/days/make-days.ts";
import { fitChampion } from "../../../../cloud-ingest/forecast/fit.ts";
import type { Champion } from "../../../../cloud-ingest/forecast/port.ts";
import { predict } from "../../../../cloud-ingest/forecast/predict.ts";
import { madeHistory } from "../made-history.ts";

const DAYS = 300;
const HORIZON = 28;
const context = { calendars: [new Map()] };

/** What is made good where every past forecast was `times` too low, but on `odd` of its dates, where it was ten times too high. */
function leanOf(times: number, { origins = 12, odd = 0 } = {}): number {
  const history = madeHistory({ days: DAYS, noise: 0.1 });
  const all = makeDays(history, context, HORIZON);
  const truth = all.values[0]!.subarray(0, DAYS);
  const past = Array.from({ length: origins }, (_, j): PastOrigin => {
    const origin = DAYS - HORIZON - 14 * j;
    const said = Float64Array.from({ length: HORIZON }, (_, h) => (h < odd ? 10 : 1 / times) * truth[origin + h]!);
    return { origin, days: daysBefore(all, origin), predictions: [[said]] };
  });
  return leansOf({ past, truth: [truth], weights: [Array(5).fill([1])], origin: DAYS })[0]!;
}

test("what was too low on most dates is made good in part, the same where it was too high", () => {
  const low = leanOf(1.2);
  expect(low).toBeGreaterThan(0.05);
  expect(low).toBeLessThan(Math.log(1.2) / 2);
  expect(leanOf(1 / 1.2)).toBeCloseTo(-low, 2);
  expect(leanOf(1)).toBeCloseTo(0, 6);
});

test("a few wild dates do not turn it, few dates say little, and never more than a fifth", () => {
  expect(leanOf(1.2, { odd: 10 })).toBeCloseTo(leanOf(1.2), 2);
  expect(leanOf(1.2, { origins: 1 })).toBeLessThan(0.6 * leanOf(1.2));
  expect(leanOf(20)).toBe(0.2);
});

test("the forecast is moved by what its champion leans, its intervals with it; an artefact that knows of none is as before", async () => {
  const history = madeHistory({ days: DAYS, noise: 0.1 });
  const champion = await fitChampion(history, context, { horizonDays: HORIZON });
  const leaning = (lean?: number): Champion => {
    const { lean: _, ...rest } = champion.series.shop!;
    return { ...champion, series: { shop: { ...rest, ...(lean !== undefined && { lean }) } } };
  };
  const [of, none, up] = await Promise.all(
    [leaning(0), leaning(), leaning(Math.log(1.1))].map(
      async (one) => (await predict(one, history, context, { horizon: HORIZON })).series[0]!,
    ),
  );
  expect(none).toEqual(of);
  for (let h = 0; h < HORIZON; h++) {
    expect(up!.yhat[h]! / of!.yhat[h]!).toBeCloseTo(1.1, 1);
    expect(up!.hi80[h]!).toBeGreaterThan(of!.hi80[h]!);
    expect(up!.lo80[h]!).toBeLessThanOrEqual(up!.yhat[h]!);
  }
  expect(Math.abs(champion.series.shop!.lean!)).toBeLessThan(0.02);
});
