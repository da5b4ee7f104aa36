import { addDays, datesOf } from "../../../cloud-ingest/calendar.ts";
import { openBigQueryWarehouse } from "../../../cloud-ingest/warehouse/bigquery/open.ts";
import type { StoreInfo, TrafficSpan, Warehouse } from "../../../cloud-ingest/warehouse/port.ts";
import { FakeBigQuery } from "../../cloud-ingest/warehouse/bigquery/fake-bigquery.ts";
import type { Field } from "../../support/google/bigquery/schema.ts";
import type { Table } from "../../support/google/bigquery/table.ts";
import type { BenchResult } from "../result.ts";
import { datasetOf } from "./dataset.ts";
import { PROJECT } from "./messages.ts";

const STORES = 5;
const YEARS = { from: "1996-11-28", to: "2026-11-27" };
const COUNTED = { from: "2026-10-01", to: "2026-11-27" };
const OPEN_HOURS = 12;
const WINDOWS_A_DAY = 720;
const KIB = 1024;

const QUESTIONS: readonly (readonly [name: string, days: number, span: TrafficSpan])[] = [
  ["day by window", 1, "window"],
  ["week by window", 7, "window"],
  ["day by hour", 1, "hour"],
  ["week by hour", 7, "hour"],
  ["year by hour", 365, "hour"],
  ["thirty years by hour", 10_957, "hour"],
  ["thirty years by day", 10_957, "day"],
];

/** Bytes that one store's questions are to read, as the driver's dry runs have them, beside all columns of all rows of their table. */
export async function runReadBytesBench(): Promise<BenchResult> {
  const bigquery = new FakeBigQuery();
  const config = await datasetOf(await bigquery.start());
  const warehouse = await openBigQueryWarehouse(config);
  const tableOf = (tableId: string) => bigquery.store.table({ projectId: PROJECT, datasetId: config.dataset, tableId });
  fill(tableOf("counts"), datesOf(COUNTED), WINDOWS_A_DAY);
  fill(tableOf("traffic_hourly"), datesOf(YEARS), OPEN_HOURS);
  fill(tableOf("traffic_daily"), datesOf(YEARS), 1);
  const whole = {
    window: tableOf("counts").bytes,
    hour: tableOf("traffic_hourly").bytes,
    day: tableOf("traffic_daily").bytes,
  };
  const figures: Record<string, number> = {};
  const lines: string[] = [];
  for (const [name, days, span] of QUESTIONS) {
    const { bytesEstimated, statements } = await costOf(warehouse, days, span);
    figures[`${name.replaceAll(" ", "_")}_share`] = bytesEstimated / whole[span];
    const share = `${((100 * bytesEstimated) / whole[span]).toFixed(3)} % of ${kib(whole[span])} KiB`;
    lines.push(`${`${name}:`.padEnd(22)} ${kib(bytesEstimated).padStart(9)} KiB in ${statements} statements, ${share}`);
  }
  await warehouse.close();
  await bigquery.stop();
  return {
    name: `bytes that a store's question reads, before clustering (${STORES} stores, thirty years of hours; counts of ${datesOf(COUNTED).length} days)`,
    lines,
    figures,
  };
}

async function costOf(warehouse: Warehouse, days: number, span: TrafficSpan) {
  const range = { from: addDays(YEARS.to, 1 - days), to: YEARS.to };
  if (!warehouse.measureCost) throw new Error("The driver does not know what a question costs");
  return (await warehouse.measureCost(() => warehouse.traffic(storeOf(3), range, span))).cost;
}

function storeOf(number: number): StoreInfo {
  return { tenant: "acme", store: `store-${number}`, name: `Store ${number}`, timeZone: "UTC" };
}

/** So many rows a day of each store, with a value in every column. */
function fill(table: Table, dates: readonly string[], rowsADay: number): void {
  for (const date of dates) {
    const rows = [];
    for (let store = 0; store < STORES; store += 1) {
      for (let n = 0; n < rowsADay; n += 1)
        rows.push(table.rowOf(sourceOf(table.fields, { date, store, n, rowsADay })));
    }
    table.stream(rows);
  }
}

interface At {
  readonly date: string;
  readonly store: number;
  readonly n: number;
  readonly rowsADay: number;
}

function sourceOf(fields: readonly Field[], { date, store, n, rowsADay }: At): Record<string, unknown> {
  const atMs = Date.parse(date) + (n * 86_400_000) / rowsADay;
  const time = new Date(atMs).toISOString().slice(0, 19);
  const known: Record<string, unknown> = { tenant: "acme", store: `store-${store}`, device_id: `cam-${store}` };
  return Object.fromEntries(fields.map(({ name, type }) => [name, known[name] ?? sampleOf(type, { date, time, n })]));
}

function sampleOf(
  type: string,
  { date, time, n }: { readonly date: string; readonly time: string; readonly n: number },
) {
  if (type === "DATE") return date;
  if (type === "TIMESTAMP") return `${time}Z`;
  if (type === "DATETIME") return time;
  if (type === "BOOLEAN" || type === "BOOL") return false;
  return type === "STRING" ? `entrance-${date}-${n}` : 1;
}

const kib = (bytes: number) => Math.round(bytes / KIB).toLocaleString("en");
