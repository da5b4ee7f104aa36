import { expect, test } from "vitest";
import { addDays } from "../../../../cloud-ingest/calendar.ts";
import { forecastSection } from "../../../../cloud-ingest/dashboards/page/forecast-section.ts";
import { aheadText, pastText, todayText } from "../../../../cloud-ingest/dashboards/text/forecast-text.ts";
import { LANGUAGES } from "../../../../cloud-ingest/dashboards/text/language.ts";
import { CAUSES, type PlaceForecast, placesOf } from "../../../../cloud-ingest/report/forecast/forecast-view.ts";
import type { DerivedRow } from "../../../../cloud-ingest/warehouse/derived-port.ts";

const TODAY = "2026-10-02";
const [ja, en] = LANGUAGES as [(typeof LANGUAGES)[number], (typeof LANGUAGES)[number]];
const PARTS = {
  level: 980,
  weekday: 210,
  season: 30.4,
  holiday: 20,
  event: 0,
  regressors: 0,
  other: -0.4,
  basis: { known: 0.987, repaired: 0.02 },
};

const row = (step: string, day: number, over: object = {}): DerivedRow => ({
  ...{
    tenant: "t",
    store: "s",
    place: "",
    step,
    businessDate: addDays(TODAY, day),
    localStart: `${addDays(TODAY, day)}T00:00:00`,
  },
  ...{
    yhat: 1240,
    lo80: 1050,
    hi80: 1420,
    lo95: 900,
    hi95: 1600,
    model: "ridge 1",
    artefact: "a",
    madeAt: "2026-10-01T19:10:00.000Z",
  },
  ...{ parts: JSON.stringify(PARTS), ...over },
});
const past = (over: object) =>
  row("past", -1, {
    parts: JSON.stringify({ counted: 700, missingHours: 0, repairedHours: 0, isUsual: false, reasons: [], ...over }),
  });
const dayOf = (rows: readonly DerivedRow[]) => {
  const [place] = placesOf(rows, TODAY);
  if (!place) throw new Error("no place");
  return place;
};

test("why tomorrow is high: one sentence, and whole numbers that add up, in both languages", () => {
  const [, day] = dayOf([row("day", 0), row("day", 1)]).days;
  if (!day) throw new Error("no day");
  expect(aheadText(day, { holiday: "Sports Day" }, en)).toBe(
    "Saturday, 3 October 2026: 1,240 (1,050 to 1,420) people expected. An ordinary day 980, Sat +210, season +30, holiday or closure (Sports Day) +20.",
  );
  expect(aheadText(day, {}, ja)).toBe(
    "2026年10月3日(土)は1,240人（1,050〜1,420人）の見込みです。内訳：平常の水準 980、土 +210、季節 +30、祝日・休業 +20（人）。",
  );
  expect(day.causes.map(({ cause }) => cause)).toEqual(CAUSES);
});

test("what rounding leaves is said, so that the numbers add up", () => {
  const parts = { ...PARTS, level: 979.4, other: 0.2 };
  const [day] = dayOf([row("day", 0, { parts: JSON.stringify(parts) })]).days;
  expect(day && aheadText(day, {}, en)).toContain(
    "An ordinary day 979, Fri +210, season +30, holiday or closure +20, recent course +1.",
  );
});

test("today by the hours already counted, or else as the morning had it", () => {
  const underWay = row("", 0, { yhat: 1300, counted: 412, countedUntil: `${TODAY}T14:00:00` });
  const [{ today }] = placesOf([row("day", 0)], TODAY, [underWay]) as [PlaceForecast];
  expect(today && todayText(today, en)).toBe("Today 1,300 (1,050 to 1,420) people are expected; 412 until 14:00.");
  const { today: morning } = dayOf([row("day", 0)]);
  expect(morning && todayText(morning, ja)).toBe("今日は1,240人（1,050〜1,420人）の見込みです（朝の時点の予測）。");
});

test.each([
  { of: {}, en: "The difference: .", skip: true },
  {
    of: {
      reasons: [
        { reason: "device", people: -500 },
        { reason: "unexplained", people: -40 },
      ],
    },
    en: "Thursday, 1 October 2026: 700 people; 1,240 (1,050 to 1,420) were expected. The difference: hours that were not counted −500, no known reason −40.",
  },
  {
    of: { isUsual: true, counted: 1200, repairedHours: 3 },
    en: "Thursday, 1 October 2026: 1,200 people; 1,240 (1,050 to 1,420) were expected. As expected. 3 hours are estimates.",
  },
  {
    of: { reasons: [{ reason: "event", name: "parade", people: -540 }] },
    en: "Thursday, 1 October 2026: 700 people; 1,240 (1,050 to 1,420) were expected. The difference: event (parade) −540.",
  },
])("why a day was off: $of", ({ of, en: says, skip }) => {
  const [day] = dayOf([past(of)]).past;
  if (!skip) expect(day && pastText(day, en)).toBe(says);
});

test("the section has a picture, a table, the kind of week, and no text of a stranger unescaped", () => {
  const rows = [past({ reasons: [{ reason: "event", name: "<b>", people: -540 }] }), row("day", 0), row("day", 1)];
  const cluster = { place: "", cluster: 2, clusters: 3, name: { en: "night", ja: "夜型" }, isOdd: true, since: TODAY };
  const about = { today: TODAY, namesOf: () => ({ holiday: "<i>" }), nameOf: (place: string) => place };
  const page = forecastSection({ places: placesOf(rows, TODAY), clusters: [cluster] }, about)?.text ?? "";
  expect(page).toContain("<svg");
  expect(page.match(/<circle/g)).toHaveLength(1);
  expect(page).toContain("夜型");
  expect(page).toContain("It differs from the others of its kind.");
  expect(page).not.toMatch(/<b>|<i>/);
  expect(page.match(/<tr>/g)).toHaveLength(4);
});

test("numbers of the axis have room, however large they are", () => {
  const about = { today: TODAY, namesOf: () => ({}), nameOf: (place: string) => place };
  const axisOf = (yhat: number) => {
    const rows = [row("day", 0, { yhat, lo80: yhat, hi80: yhat }), row("day", 1, { yhat, lo80: yhat, hi80: yhat })];
    const page = forecastSection({ places: placesOf(rows, TODAY), clusters: [] }, about)?.text ?? "";
    const texts = [...page.matchAll(/<text x="([\d.]+)"[^>]*text-anchor="end">([\d,]+)</g)];
    return texts.map(([, x, text]) => ({ x: Number(x), text: String(text) }));
  };
  for (const { x, text } of axisOf(123_456)) expect(x).toBeGreaterThan(text.length * 14 * 0.6);
  expect(axisOf(123_456).map(({ text }) => text)).toContain("150,000");
  expect(axisOf(1_240).map(({ text }) => text)).toEqual(["0", "500", "1,000", "1,500"]);
});

test("nothing foretold is no section; parts that are none of ours cost no page", () => {
  const about = { today: TODAY, namesOf: () => ({}), nameOf: (place: string) => place };
  expect(forecastSection({ places: [], clusters: [] }, about)).toBeUndefined();
  const odd = [row("day", 0, { parts: "{" }), row("past", -1, { parts: "[1]" }), row("day", 1, { parts: null })];
  expect(forecastSection({ places: placesOf(odd, TODAY), clusters: [] }, about)?.text ?? "").toContain("<svg");
});
