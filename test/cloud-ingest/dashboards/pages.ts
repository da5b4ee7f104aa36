import type { StoreReport } from "../../../cloud-ingest/report/store-report.ts";
import { demoWindows, hoursOf, shopDays, shopDevices, shopHours, tokyoStore } from "../../support/sample-traffic.ts";

const today = "2026-11-23";

/** Nothing counted yet. */
export const emptyData: StoreReport = {
  ...{ store: tokyoStore, range: { from: "2026-10-27", to: today }, generatedAt: new Date("2026-11-23T11:30:00Z") },
  ...{ hourly: [], daily: [], windows: [], unreadable: [], devices: [] },
};

/** Five weeks of a shop with a gap today. */
export const shopData: StoreReport = {
  ...emptyData,
  ...{ hourly: shopHours(today, 35, today), daily: shopDays(today, 28), devices: shopDevices },
};

/** 80 seconds. */
export const demoData: StoreReport = { ...emptyData, windows: demoWindows(), hourly: hoursOf(demoWindows()) };

/** The parts of a chart's data that tests look at. */
export interface ChartData {
  readonly states: readonly string[];
  readonly series: readonly { readonly role: string; readonly values: readonly (number | null)[] }[];
}

/** The charts of a page, in order. */
export function chartsOf(page: string): readonly ChartData[] {
  const blocks = page.matchAll(/<script type="application\/json">(.*?)<\/script>/gs);
  return [...blocks].map(([, json]) => JSON.parse(json ?? ""));
}

/** The markup without scripts and styles. */
export function markupOf(page: string): string {
  return page.replaceAll(/<(script|style)[ >].*?<\/\1>/gs, "");
}
