import { expect, test } from "vitest";
import { renderStorePage } from "../../../cloud-ingest/dashboards/page/store-page.ts";
import { hoursOf } from "../../../cloud-ingest/report/aggregate.ts";
import { loadStoreReport } from "../../../cloud-ingest/report/load-store-report.ts";
import { trafficCsvParts } from "../../../cloud-ingest/report/traffic-csv.ts";
import type { TrafficRow } from "../../../cloud-ingest/warehouse/port.ts";
import { FakeWarehouse } from "../../support/fake-warehouse.ts";
import { shopHours, tokyoStore, trafficRow } from "../../support/sample-traffic.ts";
import { chartsOf } from "./pages.ts";

const TODAY = "2026-11-23";
const now = new Date("2026-11-23T06:30:00Z");
const range = { from: TODAY, to: TODAY };

/** A minute each, two people in. */
function minutes(start: string, count: number): readonly TrafficRow[] {
  return Array.from({ length: count }, (_, minute) => {
    const localStart = new Date(Date.parse(`${TODAY}T${start}Z`) + minute * 60_000).toISOString().slice(0, 19);
    return trafficRow({ localStart, spanS: 60, in: 2, out: 1 });
  });
}

const history = shopHours("2026-11-22", 35).filter((row) => row.targetId === "door");

test.each([
  { name: "never rolled up", windows: minutes("10:00:00", 300), upTo: "00" },
  { name: "rolled up a while ago", windows: minutes("10:00:00", 300), upTo: "14:45:00" },
  { name: "rolled up just now", windows: minutes("10:00:00", 300), upTo: "24" },
  { name: "two stretches, no history", windows: [...minutes("13:00:00", 10), ...minutes("14:30:00", 10)], upTo: "14" },
])("$name: number, chart, table and CSV hold the same sum", async ({ name, windows, upTo }) => {
  const warehouse = new FakeWarehouse();
  const rolled = hoursOf(windows.filter((row) => row.localStart.slice(11) < upTo));
  warehouse.put(tokyoStore, "window", windows);
  warehouse.put(tokyoStore, "hour", [...(name.includes("no history") ? [] : history), ...rolled]);
  const page = renderStorePage(await loadStoreReport(warehouse, { store: tokyoStore, range, now }));
  const chosen = page.slice(page.indexOf('class="day chosen"'));
  const sum = String(windows.length * 2);
  expect(/<dd><b>(\d+)<\/b>/.exec(chosen)?.[1]).toBe(sum);
  expect(sumOf(chartsOf(chosen)[0]?.series[0]?.values ?? [])).toBe(sum);
  const table = chosen.slice(chosen.indexOf("<tbody>"), chosen.indexOf("</tbody>"));
  expect(sumOf([...table.matchAll(/<\/th><td>(\d+)<\/td>/g)].map(([, cell]) => Number(cell)))).toBe(sum);
  expect(sumOf((await csvLines(warehouse)).map((line) => Number(line.split(",")[8])))).toBe(sum);
});

test("a date that got late counts is read from its windows too", async () => {
  const warehouse = new FakeWarehouse();
  const late = minutes("10:00:00", 300).map((row) => ({
    ...row,
    businessDate: "2026-11-22",
    localStart: row.localStart.replace("-23T", "-22T"),
  }));
  warehouse.put(tokyoStore, "hour", history);
  warehouse.put(tokyoStore, "window", late);
  warehouse.stale.set("acme/ginza", ["2026-11-22"]);
  const page = renderStorePage(
    await loadStoreReport(warehouse, { store: tokyoStore, range: { ...range, from: "2026-11-22" }, now }),
  );
  expect(page).toContain("<b>600</b>");
});

function sumOf(values: readonly (number | null)[]): string {
  return String(values.reduce<number>((sum, value) => sum + (value ?? 0), 0));
}

async function csvLines(warehouse: FakeWarehouse): Promise<readonly string[]> {
  const parts = [];
  for await (const part of trafficCsvParts(warehouse, tokyoStore, { range, span: "hour", now })) parts.push(part);
  return parts.join("").trim().split("\r\n").slice(1);
}
