import { expect, test } from "vitest";
import { addDays, daysIn } from "../../../../cloud-ingest/calendar.ts";
import { aheadText, pastText } from "../../../../cloud-ingest/dashboards/text/forecast-text.ts";
import { LANGUAGES } from "../../../../cloud-ingest/dashboards/text/language.ts";
import { forecastJob } from "../../../../cloud-ingest/jobs/forecast/forecast-job.ts";
import { placesOf } from "../../../../cloud-ingest/report/forecast/forecast-view.ts";
import type { StoredRow } from "../../../../cloud-ingest/warehouse/row-port.ts";
import { regressorKey } from "../../../../firmware-config/contract/row.ts";
import type { FakeWarehouse } from "../../../support/fake-warehouse.ts";
import { runJob } from "../../../support/run-job.ts";
import { tokyoStore } from "../../../support/sample-traffic.ts";
import { type Door, shopRows } from "../quality/shop.ts";
import { FROM, forecastRig } from "./forecast-rig.ts";

const [en, ja] = LANGUAGES.toSorted((a, b) => (a.tag < b.tag ? -1 : 1));
const dayOf = (date: string) => daysIn({ from: FROM, to: date }) - 1;
const isSale = (date: string) => dayOf(date) % 9 === 0;
/** A sale brings twice the people. */
const DOORS: readonly Door[] = [{ id: "main", people: 120, fault: (date, _, count) => (isSale(date) ? 2 : 1) * count }];

interface Said {
  readonly store?: string;
  readonly hour?: number;
  readonly value?: number;
  readonly knownInAdvance?: boolean;
}

function said(name: string, date: string, { store = tokyoStore.store, hour, ...columns }: Said): StoredRow {
  return {
    ...{ tenant: tokyoStore.tenant, store, key: regressorKey(name, date, hour), version: 1, date, by: "aya" },
    ...{ receipt: "r", receivedAt: "2026-03-01T00:00:00.000Z" },
    columns: { name, knownInAdvance: true, ...columns, ...(hour !== undefined && { hour }) },
  };
}

const DATES = Array.from({ length: 120 + 90 }, (_, day) => addDays(FROM, day));
const sales = (dates = DATES, over: Said = {}) =>
  dates.map((date) => said("promotion", date, { value: isSale(date) ? 1 : 0, ...over }));

async function foretold(rows: readonly StoredRow[], doors = DOORS) {
  const rig = await forecastRig({ doors });
  rig.warehouse.sourced.set("regressor", rows);
  expect(await runJob(forecastJob(rig.parts))).toMatchObject({ failures: [] });
  return { ...rig, days: daysOf(rig.warehouse, rig.today) };
}

function daysOf(warehouse: FakeWarehouse, today: string) {
  return placesOf(warehouse.derivedRows.get("forecast") ?? [], today)[0]?.days ?? [];
}

test("a planned sale is in the forecast and in its sentence, in both languages, with people that add up", async () => {
  const { days, parts } = await foretold(sales());
  const sale = days.find(({ date }) => isSale(date));
  const plain = days.find(({ date }) => date === addDays(sale?.date ?? "", 7));
  if (!sale || !plain || !en || !ja) throw new Error("no day");
  expect(sale.yhat / plain.yhat).toBeGreaterThan(1.5);
  const { people = 0 } = sale.causes.find(({ name }) => name === "promotion") ?? {};
  expect(people).toBeGreaterThan(0.35 * sale.yhat);
  expect(Math.abs(sale.causes.reduce((sum, cause) => sum + cause.people, 0) - sale.yhat)).toBeLessThan(0.1);
  expect(aheadText(sale, {}, en)).toMatch(/promotion \+\d/);
  expect(aheadText(sale, {}, ja)).toMatch(/販促 \+\d/);
  const artefact = await parts.artefacts.current(`${tokyoStore.tenant}-1`);
  expect(artefact?.parameters.regressors).toBe("promotion");
});

test("of dates for which nobody has written a number it is said, and they are foretold without", async () => {
  const until = DATES.filter((date) => dayOf(date) < 120 + 7);
  const { days } = await foretold(sales(until));
  const [first, last] = [days[0], days.at(-1)];
  if (!first || !last || !en || !ja) throw new Error("no day");
  expect(days.map(({ missing }) => missing.length)).toEqual(days.map((_, h) => (h < 7 ? 0 : 1)));
  expect(aheadText(first, {}, en)).not.toContain("Foretold without");
  expect(aheadText(last, {}, en)).toContain("Foretold without promotion, of which nothing is known for that day.");
  expect(aheadText(last, {}, ja)).toContain("販促はまだ登録されていない");
});

test("numbers that came afterwards never reach an earlier forecast, whatever they are", async () => {
  const past = DATES.filter((date) => dayOf(date) < 120);
  const measured = (over: Said) =>
    DATES.filter((date) => dayOf(date) >= 120).map((date) => said("promotion", date, over));
  const rows = sales(past, { knownInAdvance: false });
  const one = await foretold(rows);
  const other = await foretold([...rows, ...measured({ value: 1000, knownInAdvance: false })]);
  expect(other.days.map(({ yhat, causes }) => [yhat, causes])).toEqual(
    one.days.map(({ yhat, causes }) => [yhat, causes]),
  );
  // By hand for a date of the past, with all that is known today.
  const [again, blind] = [await forecastRig({ doors: DOORS }), await forecastRig({ doors: DOORS })];
  again.warehouse.sourced.set("regressor", sales(DATES, { knownInAdvance: false }));
  blind.warehouse.sourced.set("regressor", sales(past.slice(0, 101), { knownInAdvance: false }));
  const to = addDays(FROM, 100);
  for (const { parts } of [again, blind]) await runJob(forecastJob(parts), { from: to, to });
  expect(daysOf(again.warehouse, to).map(({ yhat }) => yhat)).toEqual(
    daysOf(blind.warehouse, to).map(({ yhat }) => yhat),
  );
});

test("a store's own number goes before the tenant's, a date's before its hours', and hours are a mean", async () => {
  const rows = [
    ...sales(DATES, { store: "", value: 0 }),
    ...DATES.flatMap((date) =>
      [10, 15].map((hour) => said("promotion", date, { hour, value: isSale(date) ? 2 * (hour - 10) : 0 })),
    ),
  ];
  const { days } = await foretold(rows);
  const like = await foretold(sales(DATES, { value: 0 }));
  const hours = await foretold(DATES.map((date) => said("promotion", date, { value: isSale(date) ? 5 : 0 })));
  expect(days.map(({ yhat }) => yhat)).toEqual(hours.days.map(({ yhat }) => yhat));
  expect(days.map(({ yhat }) => yhat)).not.toEqual(like.days.map(({ yhat }) => yhat));
  const told = await foretold([...rows, ...sales(DATES, { value: 0 })]);
  expect(told.days.map(({ yhat }) => yhat)).toEqual(like.days.map(({ yhat }) => yhat));
});

test("a name that is the same on all dates does nothing, and the log says what to write", async () => {
  const only = DATES.filter(isSale).map((date) => said("promotion", date, { value: 1 }));
  const { days, log } = await foretold(only);
  expect(days.every(({ missing }) => missing.length === 0)).toBe(true);
  expect(JSON.stringify(log.fields)).toContain(
    "promotion is 1 on every date that it is known of; write 0 where there is none",
  );
});

test("once the day is over, rain that nobody foresaw is a reason, by its name", async () => {
  const rained = addDays(FROM, 121);
  const isWet = (date: string) => date === rained || (dayOf(date) < 120 && dayOf(date) % 40 === 20);
  const doors: Door[] = [{ id: "main", people: 120, fault: (date, _, count) => (isWet(date) ? 0.5 : 1) * count }];
  const rain = (last: number) =>
    DATES.filter((date) => dayOf(date) <= last).map((date) =>
      said("rain", date, { value: isWet(date) ? 20 : 0, knownInAdvance: false }),
    );
  const { warehouse, parts, clock, today } = await foretold(rain(119), doors);
  warehouse.sourced.set("regressor", rain(122));
  warehouse.put(tokyoStore, "hour", shopRows(doors, FROM, 123));
  clock.advance(3 * 86_400);
  await runJob(forecastJob(parts));
  const past = placesOf(warehouse.derivedRows.get("forecast") ?? [], addDays(today, 3))[0]?.past ?? [];
  const day = past.find(({ date }) => date === rained);
  if (!day || !en || !ja) throw new Error("no day");
  expect(day.reasons[0]).toMatchObject({ reason: "regressors", name: "rain" });
  expect(day.reasons[0]?.people).toBeLessThan(0);
  expect(pastText(day, en)).toMatch(/The difference: rain −/);
  expect(pastText(day, ja)).toMatch(/差の内訳：雨 −/);
});
