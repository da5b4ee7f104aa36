import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { addDays } from "../../../../cloud-ingest/calendar.ts";
import { renderStorePage } from "../../../../cloud-ingest/dashboards/page/store-page.ts";
import { Scheduler } from "../../../../cloud-ingest/jobs/scheduler.ts";
import { Registry } from "../../../../cloud-ingest/registry/registry.ts";
import { loadForecastView } from "../../../../cloud-ingest/report/forecast/forecast-view.ts";
import { loadStoreReport } from "../../../../cloud-ingest/report/load-store-report.ts";
import { openDuckDbWarehouse } from "../../../../cloud-ingest/warehouse/duckdb/open.ts";
import { LogRecorder } from "../../../support/log-recorder.ts";
import { ManualClock } from "../../../support/manual-clock.ts";
import { QUIET_JOBS } from "../../../support/quiet-jobs.ts";
import { tempDir } from "../../../support/temp-dir.ts";
import { SHIBUYA } from "../../warehouse/rows.ts";
import { fillShop } from "../quality/shop-warehouse.ts";
import { DOORS, FROM } from "./forecast-rig.ts";

const DAYS = 100;

test("counts go in, the night's jobs run in their threads, and the page tells what is expected", {
  timeout: 120_000,
}, async () => {
  const dir = await tempDir();
  await fillShop(join(dir, "warehouse"), DOORS, FROM, DAYS);
  const warehouse = await openDuckDbWarehouse(join(dir, "warehouse"));
  const clock = new ManualClock(`${addDays(FROM, DAYS - 1)}T20:00:00Z`);
  const doors = Object.fromEntries(DOORS.map(({ id }) => [id, { targets: [`cam-${id}/street/${id}`] }]));
  const config = { tenant: SHIBUYA.tenant, stores: { [SHIBUYA.store]: { doors } } };
  const registry = async () =>
    new Registry([{ file: "r.yaml", config, lineOf: () => 1 }], { holidays: () => new Map() });
  const log = new LogRecorder();
  const parts = {
    config: QUIET_JOBS,
    stores: [SHIBUYA],
    warehouse,
    registry,
    modelDir: join(dir, "models"),
    log,
    clock,
  };
  const scheduler = new Scheduler(parts);
  for (const job of ["roll-up", "quality", "forecast", "renew-forecast", "forecast-today", "cluster"]) {
    clock.advance(60);
    const run = await scheduler.runNow(job);
    expect([job, run.outcome, run.details]).toMatchObject([job, "ok", expect.not.stringContaining("reason")]);
  }
  expect(await readdir(join(dir, "models", `${SHIBUYA.tenant}-1`))).toHaveLength(3);
  const request = { store: SHIBUYA, now: new Date(clock.nowMs()) };
  const forecast = await loadForecastView(warehouse, request);
  expect(forecast.places.map(({ place, days }) => [place, days.length])).toEqual(
    ["", "main", "side"].map((place) => [place, 15]),
  );
  expect(forecast.clusters.map(({ place, clusters }) => [place, clusters])).toEqual([
    ["", 1],
    ["main", 1],
    ["side", 1],
  ]);
  expect(forecast.kinds?.dates.length).toBeGreaterThan(80);
  const page = renderStorePage({ ...(await loadStoreReport(warehouse, request)), forecast });
  expect(page).toContain("来店予測");
  expect(page).toContain("1日の来店パターン");
  expect(page.match(/<svg class="forecast"/g)).toHaveLength(3);
  await warehouse.close();
});
