import { expect, test } from "vitest";
import { daysBefore, makeDays } from "../../../cloud-ingest/forecast/days/make-days.ts";
import { fitChampion } from "../../../cloud-ingest/forecast/fit.ts";
import type { Champion, Context, Regressor } from "../../../cloud-ingest/forecast/port.ts";
import { predict } from "../../../cloud-ingest/forecast/predict.ts";
import { madeHistory } from "./made-history.ts";

const DAYS = 150;
const HORIZON = 14;
const isSale = (day: number) => day % 9 === 0;
const history = madeHistory({ days: DAYS, names: ["a", "b"], noise: 0.05, factor: (day) => (isSale(day) ? 2 : 1) });
/** Known of all dates but those from `from` to `to` of the horizon. */
const sale = (from = 0, to = 0): Float64Array =>
  Float64Array.from({ length: DAYS + HORIZON }, (_, day) =>
    day >= DAYS + from && day < DAYS + to ? Number.NaN : isSale(day) ? 1 : 0,
  );
const wet = Float64Array.from({ length: DAYS + HORIZON }, (_, day) => day % 4);

const context = (...regressors: Regressor[]): Context => ({ calendars: [new Map()], regressors });
const named = (name: string, ...values: Float64Array[]): Regressor => ({ name, isKnownAhead: true, values });

const foretold = async (champion: Champion, of: Context) =>
  (await predict(champion, history, of, { horizon: HORIZON })).series;

test("a date without its number is foretold as if the regressor were not there, and says so; all other dates as with it", async () => {
  const whole = context(named("sale", sale()), named("rain", wet));
  const champion = await fitChampion(history, whole, { horizonDays: HORIZON });
  const all = await foretold(champion, whole);
  const without = await foretold(champion, context(named("rain", wet)));
  const gaps = await foretold(champion, context(named("sale", sale(3, 6)), named("rain", wet)));
  for (const series of [0, 1])
    for (let day = 0; day < HORIZON; day++) {
      const isGap = day >= 3 && day < 6;
      const like = isGap ? without : all;
      for (const field of ["yhat", "lo80", "hi80", "lo95", "hi95"] as const)
        expect(gaps[series]?.[field][day]).toBe(like[series]?.[field][day]);
      const part = gaps[series]?.parts[day];
      expect(part?.missing).toEqual(isGap ? ["sale"] : undefined);
      expect(Object.keys(part?.named ?? {})).toEqual(isGap ? ["rain"] : ["sale", "rain"]);
      const { level = 0, weekday = 0, season = 0, holiday = 0, event = 0, regressors = 0, other = 0 } = part ?? {};
      expect(level + weekday + season + holiday + event + regressors + other).toBeCloseTo(
        gaps[series]?.yhat[day] ?? Number.NaN,
        6,
      );
      expect(Object.values(part?.named ?? {}).reduce((a, b) => a + b, 0)).toBeCloseTo(regressors, 6);
    }
});

test("a gap of one series is none of the other, and a name that was never otherwise is missed by nobody", async () => {
  const champion = await fitChampion(history, context(named("sale", sale())), { horizonDays: HORIZON });
  const flat = new Float64Array(DAYS).fill(1);
  const [a, b] = await foretold(champion, context(named("sale", sale(), sale(0, 14)), named("flat", flat)));
  expect(a?.parts.map(({ missing }) => missing)).toEqual(a?.parts.map(() => undefined));
  expect(b?.parts.map(({ missing }) => missing)).toEqual(b?.parts.map(() => ["sale"]));
});

test("twenty names with a gap each are foretold in a few forecasts, and each date names what it lacks", async () => {
  const many = Array.from({ length: 20 }, (_, i) => {
    const values = Float64Array.from({ length: DAYS + HORIZON }, (_, day) =>
      day === DAYS + (i % HORIZON) ? Number.NaN : (day * (i + 2)) % 29,
    );
    return named(`n${i}`, values);
  });
  const champion = await fitChampion(history, context(), { horizonDays: HORIZON });
  const [a] = await foretold(champion, context(...many));
  for (const [day, { missing }] of a?.parts.entries() ?? []) expect(missing).toContain(`n${day}`);
  expect(a?.yhat.every((value) => Number.isFinite(value) && value >= 0)).toBe(true);
});

test("past origins know ahead no more than is known today, and nothing that came only afterwards", () => {
  const reach: Regressor = { ...named("rain", wet), reachDays: 7 };
  const [week] = daysBefore(makeDays(history, context(reach), HORIZON), 100).dates;
  expect(week?.regressors[0]?.[106]).not.toBe(0);
  expect(week?.regressors[0]?.subarray(107).every((value) => value === 0)).toBe(true);
  const marks = Uint8Array.from(wet, (_, day) => (day >= 104 ? 1 : 0));
  const [some] = daysBefore(makeDays(history, context({ ...named("rain", wet), marks: [marks] }), HORIZON), 100).dates;
  expect(some?.regressors[0]?.subarray(100, 104).every((value) => value === 0)).toBe(true);
  expect(some?.regressors[0]?.[105]).not.toBe(0);
});

test("what is known of later dates changes nothing of how an earlier origin sees the earlier ones", () => {
  const later = wet.map((value, day) => (day < 100 ? value : 1e9));
  const seen = [wet, later].map((values) => {
    const numbers = { ...named("rain", values), isKnownAhead: false };
    return daysBefore(makeDays(history, context(numbers), HORIZON), 100).dates[0]?.regressors[0];
  });
  expect(seen[1]).toEqual(seen[0]);
});

test("a number beyond all that was seen counts as the farthest that was: no forecast without end", async () => {
  const [high, higher] = [3, 1e9].map((value) => wet.map((own, day) => (day === DAYS + 2 ? value : own)));
  const champion = await fitChampion(history, context(named("rain", wet)), { horizonDays: HORIZON });
  const [one] = await foretold(champion, context(named("rain", high as Float64Array)));
  const [other] = await foretold(champion, context(named("rain", higher as Float64Array)));
  expect(other?.yhat).toEqual(one?.yhat);
});
