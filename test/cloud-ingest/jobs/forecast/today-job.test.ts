import { expect, test } from "vitest";
import { addDays } from "../../../../cloud-ingest/calendar.ts";
import { forecastJob } from "../../../../cloud-ingest/jobs/forecast/forecast-job.ts";
import { todayJob } from "../../../../cloud-ingest/jobs/forecast/today-job.ts";
import { loadForecastView } from "../../../../cloud-ingest/report/forecast/forecast-view.ts";
import type { TrafficRow } from "../../../../cloud-ingest/warehouse/port.ts";
import { runJob } from "../../../support/run-job.ts";
import { tokyoStore } from "../../../support/sample-traffic.ts";
import { shopRows } from "../quality/shop.ts";
import { DOORS, FROM, forecastRig } from "./forecast-rig.ts";

const DAYS = 120;
type Change = (row: TrafficRow, hour: number) => TrafficRow | undefined;

/** A shop at 14:30 of a day on which everything until then is as `change` makes it. */
async function atHalfPastTwo(change: Change) {
  const rig = await forecastRig({ days: DAYS });
  await runJob(forecastJob(rig.parts));
  const all = shopRows(DOORS, FROM, DAYS + 1).flatMap((row) => {
    const hour = Number(row.localStart.slice(11, 13));
    if (row.businessDate !== rig.today) return [row];
    if (hour > 14) return [];
    const half = hour === 14 ? { ...row, in: Math.round(row.in / 2), observedS: 1800 } : row;
    return change(half, hour) ?? [];
  });
  rig.warehouse.put(tokyoStore, "hour", all);
  const days = all.filter(({ localStart }) => localStart.endsWith("T12:00:00"));
  rig.warehouse.put(tokyoStore, "day", days);
  // 03:00 UTC is noon in Tokyo.
  rig.clock.advance(2.5 * 3_600);
  const outcome = await runJob(todayJob(rig.parts));
  const rows = rig.warehouse.derivedRows.get("forecast_today") ?? [];
  const morning = (rig.warehouse.derivedRows.get("forecast") ?? []).filter(
    ({ step, businessDate }) => step === "day" && businessDate === rig.today,
  );
  return { ...rig, outcome, rows, morning };
}

const of = (rows: readonly { readonly place?: unknown; readonly yhat?: unknown }[], place: string) =>
  Number(rows.find((row) => row.place === place)?.yhat);

test("a day that began as usual stays about as the morning had it, with a narrower range", async () => {
  const { rows, morning, outcome, today } = await atHalfPastTwo((row) => row);
  expect(outcome).toMatchObject({ stores: 1, updated: 3, failures: [] });
  for (const place of ["", "main", "side"]) {
    expect(of(rows, place) / of(morning, place)).toBeGreaterThan(0.8);
    expect(of(rows, place) / of(morning, place)).toBeLessThan(1.25);
    const [now, before] = [rows, morning].map((some) => some.find((row) => row.place === place));
    expect(Number(now?.hi80) - Number(now?.lo80)).toBeLessThan(Number(before?.hi80) - Number(before?.lo80));
    expect(now?.countedUntil).toBe(`${today}T14:30:00`);
  }
  expect(Math.abs(of(rows, "") - of(rows, "main") - of(rows, "side"))).toBeLessThan(0.05);
});

test("a day that began with twice the people comes to more; who has come in is certain", async () => {
  const { rows, morning, warehouse, clock } = await atHalfPastTwo((row) => ({ ...row, in: row.in * 2 }));
  for (const place of ["", "main", "side"]) expect(of(rows, place) / of(morning, place)).toBeGreaterThan(1.3);
  for (const { lo95, counted } of rows) expect(Number(lo95)).toBeGreaterThanOrEqual(Number(counted));
  const view = await loadForecastView(warehouse, { store: tokyoStore, now: new Date(clock.nowMs()) });
  expect(view.places[0]?.today).toMatchObject({ until: expect.stringContaining("T14:30"), counted: rows[0]?.counted });
});

test.each<{ name: string; change: Change }>([
  { name: "sends nothing", change: (row) => (row.targetId === "side" ? undefined : row) },
  {
    name: "was repaired all day",
    change: (row) =>
      row.targetId === "side" ? { ...row, quality: { kind: "repaired", rules: ["dead"], hours: 1 } } : row,
  },
])("of a door that $name the morning's forecast stands, and of the store", async ({ change }) => {
  const { rows, morning, warehouse, clock } = await atHalfPastTwo(change);
  expect(rows.map(({ place }) => place)).toEqual(["main"]);
  expect(of(rows, "main")).toBeGreaterThan(0);
  const view = await loadForecastView(warehouse, { store: tokyoStore, now: new Date(clock.nowMs()) });
  const side = view.places.find(({ place }) => place === "side");
  expect(side?.today).toEqual({
    date: side?.days[0]?.date,
    yhat: of(morning, "side"),
    lo80: side?.days[0]?.lo80,
    hi80: side?.days[0]?.hi80,
  });
});

test("hours that nobody watched say nothing of the day", async () => {
  const { rows, morning } = await atHalfPastTwo((row, hour) => (hour < 13 ? { ...row, in: 0, observedS: 0 } : row));
  expect(of(rows, "main") / of(morning, "main")).toBeGreaterThan(0.8);
});

test("a store without a forecast has nothing, and that is no failure", async () => {
  const { warehouse, parts } = await forecastRig({ days: DAYS });
  expect(await runJob(todayJob(parts))).toMatchObject({ updated: 0, failures: [] });
  expect(warehouse.derivedRows.get("forecast_today") ?? []).toEqual([]);
});

test("the last word on a day that is over stays", async () => {
  const { warehouse, clock, parts, today } = await atHalfPastTwo((row) => row);
  clock.advance(24 * 3_600);
  await runJob(forecastJob(parts));
  await runJob(todayJob(parts));
  const dates = new Set((warehouse.derivedRows.get("forecast_today") ?? []).map(({ businessDate }) => businessDate));
  expect([...dates]).toEqual([today]);
  expect(addDays(today, 1)).not.toBe(today);
});

test("how yesterday went is kept with the night's forecast from its second night on, and moves today's", async () => {
  const { warehouse, clock, parts, today } = await atHalfPastTwo((row) => row);
  const yesterdayOf = (date: string) => {
    const row = (warehouse.derivedRows.get("forecast") ?? []).find(
      ({ step, place, businessDate }) => step === "day" && place === "main" && businessDate === date,
    );
    return JSON.parse(String(row?.parts)).yesterday;
  };
  expect(yesterdayOf(today)).toBeUndefined();
  const morning = `${addDays(today, 1)}T13`;
  const known = shopRows(DOORS, FROM, DAYS + 2).filter(({ localStart }) => localStart < morning);
  warehouse.put(tokyoStore, "hour", known);
  clock.advance(24 * 3_600);
  await runJob(forecastJob(parts));
  const tomorrow = addDays(today, 1);
  const { hours, counted } = yesterdayOf(tomorrow);
  expect([hours.length, counted.length]).toEqual([24, 24]);
  const total = (all: readonly number[]) => all.reduce((sum, people) => sum + people, 0);
  expect(total(counted)).toBeGreaterThan(50);
  expect(total(hours) / total(counted)).toBeGreaterThan(0.6);
  expect(total(hours) / total(counted)).toBeLessThan(1.6);
  const todayWith = async (evening: number) => {
    const rows = (warehouse.derivedRows.get("forecast") ?? []).map((row) => {
      if (row.businessDate !== tomorrow || row.step !== "day") return row;
      const told = JSON.parse(String(row.parts));
      const stages = told.stages.map((stage: object) => ({ ...stage, lastSeen: 0, lastRest: 0.5 }));
      const came = told.yesterday.hours.map((people: number, hour: number) => (hour >= 15 ? evening * people : people));
      return { ...row, parts: JSON.stringify({ ...told, stages, yesterday: { ...told.yesterday, counted: came } }) };
    });
    warehouse.derivedRows.set("forecast", rows);
    await runJob(todayJob(parts));
    return of(
      (warehouse.derivedRows.get("forecast_today") ?? []).filter((row) => row.businessDate === tomorrow),
      "",
    );
  };
  expect(await todayWith(1.5)).toBeGreaterThan(1.05 * (await todayWith(0.7)));
});

test("two hundred stores are read with as many questions as one", async () => {
  const { warehouse, parts, morning, rows } = await atHalfPastTwo((row) => row);
  const stores = Array.from({ length: 200 }, (_, i) => ({ ...tokyoStore, store: `shop-${i}` }));
  for (const store of stores) {
    await warehouse.addDerived(
      "forecast",
      (warehouse.derivedRows.get("forecast") ?? [])
        .filter((row) => row.store === tokyoStore.store && row.businessDate === morning[0]?.businessDate)
        .map((row) => ({ ...row, store: store.store })),
    );
    for (const span of ["hour", "day"] as const)
      warehouse.put(store, span, warehouse.rows.get(`${tokyoStore.tenant}/${tokyoStore.store}/${span}`) ?? []);
  }
  const before = warehouse.reads.length;
  expect(await runJob(todayJob({ ...parts, stores }))).toMatchObject({ updated: 200, failures: [] });
  expect(warehouse.reads.length - before).toBe(2);
  const last = (warehouse.derivedRows.get("forecast_today") ?? []).find(({ store }) => store === "shop-199");
  // The registry names no doors of these: what the store counts is that of all its lines.
  expect(last).toMatchObject({ place: "", counted: rows[0]?.counted });
});
