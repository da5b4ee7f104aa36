import { join } from "node:path";
import type { Clock } from "../../firmware-config/kit/clock.ts";
import { type WholeFile, writeWhole } from "../../firmware-config/kit/on-disk.ts";
import type { DateRange } from "../calendar.ts";
import { loadFaultyViews } from "../report/camera-views.ts";
import { loadForecastView } from "../report/forecast/forecast-view.ts";
import { defaultRange, loadStoreReport } from "../report/load-store-report.ts";
import { trafficCsvParts } from "../report/traffic-csv.ts";
import type { SignalStore } from "../warehouse/alert-port.ts";
import { cleanTraffic } from "../warehouse/clean-traffic.ts";
import type { DerivedStore } from "../warehouse/derived-port.ts";
import type { StoreInfo, TrafficStore } from "../warehouse/port.ts";
import { renderIndexPage } from "./page/index-page.ts";
import { renderStorePage } from "./page/store-page.ts";

export interface DashboardExport {
  readonly warehouse: TrafficStore &
    Pick<DerivedStore, "derived" | "derivedOfStores"> &
    Pick<SignalStore, "healthBetween">;
  readonly stores: readonly StoreInfo[];
  readonly outDir: string;
  readonly clock: Clock;
  /** The last 28 days of each store when left out. */
  readonly range?: DateRange;
}

/**
 * Writes `index.html` and for each store `{tenant}/{store}.html` and `.csv` (hours); returns their paths, the index first.
 * A reader sees the old file or the new one, never half of one.
 */
export async function exportDashboards(request: DashboardExport): Promise<readonly string[]> {
  const { outDir, stores } = request;
  const paths: string[] = [];
  for (const store of stores) paths.push(...(await exportStore(request, store)));
  const index = renderIndexPage(stores, { hrefOf: ({ tenant, store }) => `${tenant}/${store}.html` });
  return [await writePage(join(outDir, "index.html"), [index]), ...paths];
}

async function exportStore(request: DashboardExport, store: StoreInfo) {
  const { outDir, clock, range: wanted } = request;
  const warehouse = cleanTraffic(request.warehouse);
  const now = new Date(clock.nowMs());
  const range = wanted ?? defaultRange(store, now);
  const links = { csv: `${store.store}.csv`, index: "../index.html" };
  const report = await loadStoreReport(warehouse, { store, range, now });
  const forecast = await loadForecastView(request.warehouse, { store, now });
  const views = await loadFaultyViews(request.warehouse, { store, now });
  const page = renderStorePage({ ...report, forecast, views }, links);
  const base = join(outDir, store.tenant, store.store);
  return [
    await writePage(`${base}.html`, [page]),
    await writePage(`${base}.csv`, trafficCsvParts(warehouse, store, { range, span: "hour" })),
  ];
}

async function writePage(path: string, parts: WholeFile["parts"]): Promise<string> {
  await writeWhole(path, { parts });
  return path;
}
