import { expect, onTestFinished, test } from "vitest";
import { renderStorePage } from "../../../cloud-ingest/dashboards/page/store-page.ts";
import { loadStoreReport } from "../../../cloud-ingest/report/load-store-report.ts";
import { trafficCsvParts } from "../../../cloud-ingest/report/traffic-csv.ts";
import { openDuckDbWarehouse } from "../../../cloud-ingest/warehouse/duckdb/open.ts";
import type { DataRow, TrafficSpan, Warehouse } from "../../../cloud-ingest/warehouse/port.ts";
import type { CountsMessage } from "../../../firmware-config/contract/counts.ts";
import { FakeWarehouse } from "../../support/fake-warehouse.ts";
import { demoWindows, hoursOf, tokyoStore, trafficRow } from "../../support/sample-traffic.ts";
import { tempDir } from "../../support/temp-dir.ts";
import { batch, CAM, countsMessage, dataRow, rollUp, staleDates } from "../warehouse/rows.ts";
import { chartsOf } from "./pages.ts";

const TODAY = "2026-11-23";
const now = new Date("2026-11-23T06:30:00Z");
const range = { from: TODAY, to: TODAY };

let seq = 0;

/** Counts of Tokyo, two people in each. */
function counts(start: string, count: number, own: Partial<CountsMessage> = {}): readonly DataRow[] {
  const windowS = own.windowS ?? 60;
  const startMs = Date.parse(`${start}+09:00`);
  return Array.from({ length: count }, (_, at) => {
    const over = { windowS, observedS: windowS, in: 2, out: 1, ...own };
    const message = countsMessage(seq++, new Date(startMs + at * windowS * 1000).toISOString(), over);
    return dataRow(message, { ...CAM, store: tokyoStore.store });
  });
}

async function open(): Promise<Warehouse> {
  const warehouse = await openDuckDbWarehouse(await tempDir());
  onTestFinished(() => warehouse.close());
  return warehouse;
}

const history = () =>
  [7, 14, 21].flatMap((back) => counts(`2026-11-${String(23 - back).padStart(2, "0")}T10:00:00`, 300));

test.each([
  { name: "never rolled up", stretches: [["10:00", 300]], before: 0 },
  { name: "rolled up a while ago", stretches: [["10:00", 300]], before: 285 },
  { name: "rolled up just now", stretches: [["10:00", 300]], before: 300 },
  {
    name: "two stretches, no history",
    stretches: [
      ["13:00", 10],
      ["14:30", 10],
    ],
    before: 10,
  },
] as const)("$name: number, chart, table and CSV hold the same sum", async ({ name, stretches, before }) => {
  const warehouse = await open();
  const today = stretches.flatMap(([start, count]) => counts(`${TODAY}T${start}:00`, count));
  const data = [...(name.includes("no history") ? [] : history()), ...today.slice(0, before)];
  if (data.length > 0) await warehouse.store(batch(1, { data }));
  await rollUp(warehouse, tokyoStore, await staleDates(warehouse, tokyoStore));
  if (before < today.length) await warehouse.store(batch(2, { data: today.slice(before) }));
  const page = renderStorePage(await loadStoreReport(warehouse, { store: tokyoStore, range, now }));
  const chosen = page.slice(page.indexOf('class="day chosen"'));
  const sum = String(today.length * 2);
  expect(/<dd><b>(\d+)<\/b>/.exec(chosen)?.[1]).toBe(sum);
  expect(sumOf(chartsOf(chosen)[0]?.series[0]?.values ?? [])).toBe(sum);
  const table = chosen.slice(chosen.indexOf("<tbody>"), chosen.indexOf("</tbody>"));
  expect(sumOf([...table.matchAll(/<\/th><td>(\d+)<\/td>/g)].map(([, cell]) => Number(cell)))).toBe(sum);
  for (const span of ["hour", "day", "window"] as const)
    expect(sumOf((await csvLines(warehouse, span)).map((line) => Number(line.split(",")[8])))).toBe(sum);
});

test("the page says until when was counted, to the minute, whatever the roll-up has seen", async () => {
  const warehouse = await open();
  const upTo = async () => {
    const page = renderStorePage(await loadStoreReport(warehouse, { store: tokyoStore, range, now }));
    return /counts up to [^<]*/.exec(page)?.[0];
  };
  await warehouse.store(batch(1, { data: counts(`${TODAY}T10:00:00`, 245) }));
  expect(await upTo()).toBe("counts up to Mon 23 Nov 14:05");
  await rollUp(warehouse, tokyoStore, [TODAY]);
  expect(await upTo()).toBe("counts up to Mon 23 Nov 14:05");
});

test.each([
  { name: "few hours", start: "12:00:00", count: 10_000 },
  { name: "as many as no stack takes", start: "00:00:00", count: 130_000 },
])("a day of many windows is never read by windows: $name", async ({ start, count }) => {
  const warehouse = new FakeWarehouse();
  const startMs = Date.parse(`${TODAY}T${start}Z`);
  const windows = Array.from({ length: count }, (_, at) =>
    trafficRow({ localStart: new Date(startMs + at * 500).toISOString().slice(0, 19), spanS: 1, in: 1 }),
  );
  warehouse.put(tokyoStore, "window", windows);
  warehouse.put(tokyoStore, "hour", hoursOf(windows));
  warehouse.stale.set("acme/ginza", [TODAY]);
  const report = await loadStoreReport(warehouse, { store: tokyoStore, range, now });
  expect(report.hourly.reduce((sum, row) => sum + row.in, 0)).toBe(count);
  await csvLines(warehouse, "day");
  expect(warehouse.reads.map(({ span }) => span)).toEqual(["hour", "day", "day"]);
});

test("a day of few windows is read by windows", async () => {
  const warehouse = new FakeWarehouse();
  warehouse.put(tokyoStore, "window", demoWindows());
  warehouse.put(tokyoStore, "hour", hoursOf(demoWindows()));
  expect((await loadStoreReport(warehouse, { store: tokyoStore, range, now })).windows).toHaveLength(16);
});

test.each(["hour", "day"] as const)("sixty late days are all there by %s", async (span) => {
  const warehouse = await open();
  const startMs = Date.parse("2026-09-01T00:00:00Z");
  const dates = Array.from({ length: 60 }, (_, day) => new Date(startMs + day * 86_400_000).toISOString().slice(0, 10));
  await warehouse.store(batch(1, { data: dates.flatMap((date) => counts(`${date}T12:00:00`, 1)) }));
  const late = { from: "2026-09-01", to: TODAY };
  expect(await csvLines(warehouse, span, late)).toHaveLength(60);
  const report = await loadStoreReport(warehouse, { store: tokyoStore, range: late, now });
  expect(report.daily.reduce((sum, row) => sum + row.in, 0)).toBe(120);
});

function sumOf(values: readonly (number | null)[]): string {
  return String(values.reduce<number>((sum, value) => sum + (value ?? 0), 0));
}

async function csvLines(warehouse: Warehouse, span: TrafficSpan, asked = range): Promise<readonly string[]> {
  const parts = [];
  for await (const part of trafficCsvParts(warehouse, tokyoStore, { range: asked, span })) parts.push(part);
  return parts.join("").trim().split("\r\n").slice(1);
}
