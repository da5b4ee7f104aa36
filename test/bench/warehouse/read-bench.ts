import { loadStoreReport } from "../../../cloud-ingest/report/load-store-report.ts";
import { trafficCsvParts } from "../../../cloud-ingest/report/traffic-csv.ts";
import { openDuckDbWarehouse } from "../../../cloud-ingest/warehouse/duckdb/open.ts";
import type { StoreInfo } from "../../../cloud-ingest/warehouse/port.ts";
import { rollUpNow } from "../../support/run-job.ts";
import type { BenchResult } from "../result.ts";
import { generate, storesOf, withHot, yearsSql } from "./generate.ts";
import { inTempDir, leastOf, type Spent, spentOn, spentText } from "./measure.ts";

const SHAPE = { stores: 200, days: 60, targets: 1, windowS: 900 };
const YEARS = { stores: 20, days: 1096, targets: 6 };
const LAST = "2026-11-24";
const NOW = new Date(`${LAST}T03:00:00Z`);

/** One SQL statement that adds up the hours of everything, without zones, lengths, or writing them. */
const HOURS_SQL = `SELECT tenant, store, device_id, camera_id, target_kind, target_id, date_trunc('hour', window_start),
  sum("in"), sum("out"), sum(visits), sum(observed_s) FROM counts GROUP BY ALL`;

/** The first roll-up of many stores beside one statement over all counts. */
export function runRollUpBench(): Promise<BenchResult> {
  return inTempDir(async (dir) => {
    await generate(dir, SHAPE);
    const bare = await withHot(dir, (connection) => leastOf(3, () => connection.run(HOURS_SQL)));
    const warehouse = await openDuckDbWarehouse(dir);
    const stores = storesOf(SHAPE);
    const first = await spentOn(() => rollUpNow(warehouse, stores));
    const nothing = await leastOf(5, () => rollUpNow(warehouse, stores));
    await warehouse.close();
    const counts = (SHAPE.stores * SHAPE.days * 86_400) / SHAPE.windowS;
    return {
      name: `roll-up of ${SHAPE.stores} stores and ${SHAPE.days} days, ${counts.toLocaleString("en")} counts`,
      lines: [
        `first:               ${spentText(first)}`,
        `one SQL over all:    ${spentText(bare)}  (the roll-up takes ${(first.cpuMs / bare.cpuMs).toFixed(1)} of its CPU)`,
        `nothing new:         ${spentText(nothing)}`,
      ],
    };
  });
}

/** What a page and a CSV read, beside a bare scan of the same rows. */
export function runReadBench(): Promise<BenchResult> {
  return inTempDir(async (dir) => {
    await (await openDuckDbWarehouse(dir)).close();
    const bare = await withHot(dir, async (connection) => {
      for (const sql of yearsSql(YEARS)) await connection.run(sql);
      return leastOf(5, () => connection.run(`SELECT * FROM traffic_hourly WHERE store = 'store-0007'`));
    });
    const warehouse = await openDuckDbWarehouse(dir);
    const store = storesOf(YEARS)[7];
    const lines = store ? await readings(warehouse, store) : [];
    await warehouse.close();
    const rows = YEARS.days * YEARS.targets * 24;
    return {
      name: `reading of a store with ${YEARS.targets} targets, three years of hours (${rows.toLocaleString("en")} rows)`,
      lines: [...lines, `bare SELECT of three years by hour:  ${spentText(bare)}`],
    };
  });
}

async function readings(
  warehouse: Awaited<ReturnType<typeof openDuckDbWarehouse>>,
  store: StoreInfo,
): Promise<string[]> {
  const page = (from: string) => () => loadStoreReport(warehouse, { store, range: { from, to: LAST }, now: NOW });
  const hours = () => warehouse.traffic(store, { from: "2023-11-25", to: LAST }, "hour");
  const csv = async () => {
    const request = { range: { from: "2025-11-25", to: LAST }, span: "hour" } as const;
    for await (const _ of trafficCsvParts(warehouse, store, request));
  };
  const line = (name: string, spent: Spent) => `${`${name}:`.padEnd(36)} ${spentText(spent)}`;
  return [
    line("page of 28 days", await leastOf(7, page("2026-10-28"))),
    line("page of three years", await leastOf(7, page("2023-11-25"))),
    line("three years by hour", await leastOf(5, hours)),
    line("CSV of a year by hour", await leastOf(5, csv)),
  ];
}
