import { addDays } from "../../../cloud-ingest/calendar.ts";
import type { ForecastView } from "../../../cloud-ingest/report/forecast/forecast-view.ts";
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

const KINDS = [
  {
    name: { en: "Mon-Fri", ja: "月〜金" },
    profile: Array.from({ length: 24 }, (_, hour) => (hour > 7 ? 5 * hour : 0)),
  },
  {
    name: { en: "Sat, Sun, holidays", ja: "土・日・祝日" },
    profile: Array.from({ length: 24 }, (_, hour) => 400 * hour),
  },
].map((kind, at) => ({ ...kind, id: at + 1, days: at === 0 ? 20 : 7 }));

/** Four weeks with kinds of days and zones, the 11th closed and the 14th odd. */
export const kindsView: ForecastView = {
  ...{ places: [], clusters: [] },
  kinds: {
    ...{ runDate: "2026-11-22", kinds: KINDS },
    dates: Array.from({ length: 28 }, (_, back) => addDays("2026-11-22", back - 27))
      .filter((date) => date !== "2026-11-11")
      .map((date) => {
        const isWeekend = [0, 6].includes(new Date(date).getUTCDay());
        return { date, kind: isWeekend ? 2 : 1, isOdd: date === "2026-11-14" };
      }),
  },
  zones: ["cafe", "shelf", "till", "bench"].map((zone, at) => ({
    ...{ place: `cam-02/side/${zone}`, cluster: (at % 2) + 1, clusters: 2, since: "2026-11-22" },
    name: at % 2 === 0 ? { en: "evening", ja: "夕方型" } : { en: "lunchtime", ja: "昼型" },
    ...{ isOdd: zone === "till", hasMoved: zone === "bench" },
  })),
};

/** The shop with all of it. */
export const kindsData: StoreReport = { ...shopData, forecast: kindsView };

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
