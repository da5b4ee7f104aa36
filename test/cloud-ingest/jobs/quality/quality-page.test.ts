import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { datesOf } from "../../../../cloud-ingest/calendar.ts";
import { renderStorePage } from "../../../../cloud-ingest/dashboards/page/store-page.ts";
import { Scheduler } from "../../../../cloud-ingest/jobs/scheduler.ts";
import { Registry } from "../../../../cloud-ingest/registry/registry.ts";
import { loadStoreReport } from "../../../../cloud-ingest/report/load-store-report.ts";
import { cleanTraffic } from "../../../../cloud-ingest/warehouse/clean-traffic.ts";
import { openDuckDbWarehouse } from "../../../../cloud-ingest/warehouse/duckdb/open.ts";
import { LogRecorder } from "../../../support/log-recorder.ts";
import { ManualClock } from "../../../support/manual-clock.ts";
import { QUIET_JOBS } from "../../../support/quiet-jobs.ts";
import { tempDir } from "../../../support/temp-dir.ts";
import { SHIBUYA } from "../../warehouse/rows.ts";
import { BROKEN_SHOP, fillShop } from "./shop-warehouse.ts";

test("counts of a dead camera go in, the page shows what the other door says was there, and raw is one switch away", {
  timeout: 120_000,
}, async () => {
  const { dead, doors, from, days } = BROKEN_SHOP;
  const dir = join(await tempDir(), "warehouse");
  await fillShop(dir, doors, from, days);
  const warehouse = await openDuckDbWarehouse(dir);
  const clock = new ManualClock("2026-09-05T03:00:00Z");
  const config = QUIET_JOBS;
  const registry = async () => new Registry([], { holidays: () => new Map() });
  const parts = { config, stores: [SHIBUYA], warehouse, registry, modelDir: dir, log: new LogRecorder(), clock };
  const scheduler = new Scheduler(parts);
  expect(await scheduler.runNow("roll-up")).toMatchObject({ outcome: "ok" });
  expect(await scheduler.runNow("quality")).toMatchObject({ outcome: "ok" });
  const request = { store: SHIBUYA, range: { from: "2026-08-20", to: "2026-09-05" }, now: new Date(clock.nowMs()) };
  const clean = await loadStoreReport(cleanTraffic(warehouse), request);
  const sides = clean.daily.filter(({ targetId }) => targetId === "side");
  const repaired = sides.filter(({ quality }) => quality?.kind === "repaired");
  expect(repaired.map(({ businessDate }) => businessDate)).toEqual(datesOf(dead));
  const usual = sides.filter(({ quality }) => quality === undefined).map((row) => row.in);
  for (const row of repaired) {
    expect(row.in).toBeGreaterThan(0.7 * Math.min(...usual));
    expect(row.in).toBeLessThan(1.3 * Math.max(...usual));
  }
  const page = renderStorePage(clean, {
    csv: "x.csv",
    hasPeriodForm: true,
    otherValues: { href: "?values=raw", isRaw: false },
  });
  expect(page).toContain("camera counted nobody");
  expect(page).toContain("補正前の計測値を表示");
  const raw = renderStorePage(await loadStoreReport(warehouse, request), { csv: "x.csv" });
  expect(raw).not.toContain("camera counted nobody</");
  if (process.env.KAZOE_LOOK) await writeFile(process.env.KAZOE_LOOK, page);
  await warehouse.close();
});
