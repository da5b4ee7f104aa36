import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { DuckDBConnection } from "@duckdb/node-api";
import { addDays } from "../../../cloud-ingest/calendar.ts";
import { fingerprintOf } from "../../../cloud-ingest/warehouse/duckdb/cold-check.ts";
import { fileNameOf } from "../../../cloud-ingest/warehouse/duckdb/cold-files.ts";
import { openDuckDbWarehouse } from "../../../cloud-ingest/warehouse/duckdb/open.ts";
import type { BenchResult } from "../result.ts";
import { countsSql, FIRST_DAY, storesOf, windowsPerDay, withHot } from "./generate.ts";
import { inTempDir, leastOf, spentText } from "./measure.ts";

const STORES = 1_000;
const DAYS = 1_096;
const ROUNDS = 5;

/**
 * One store of 1,000 with three years of counts, archived by date and rolled up: a year of it by hour, and one day by window out of
 * its Parquet files, beside a scan of all. `rows` is about how many counts there are.
 */
export function runPartitionsBench(rows: number): Promise<BenchResult> {
  const windowS = Math.floor(86_400 / Math.max(1, Math.round(rows / STORES / DAYS)));
  const perDay = windowsPerDay(windowS);
  return inTempDir(async (dir) => {
    await (await openDuckDbWarehouse(dir)).close();
    const scans = await withHot(dir, async (connection) => {
      await writePartitions(connection, dir, windowS);
      await connection.run(HOURS_SQL);
      await connection.run("CHECKPOINT");
      const files = `read_parquet('${join(dir, "counts", "*", "*.parquet")}')`;
      return {
        hours: await leastOf(1, () => connection.run(`SELECT store, sum("in") FROM traffic_hourly GROUP BY store`)),
        counts: await leastOf(1, () => connection.run(`SELECT store, sum("in") FROM ${files} GROUP BY store`)),
      };
    });
    const warehouse = await openDuckDbWarehouse(dir);
    const [store] = storesOf({ stores: STORES }).slice(700);
    if (!store) throw new Error("There is no such store");
    const to = addDays(FIRST_DAY, DAYS - 10);
    const year = await leastOf(ROUNDS, () => warehouse.traffic(store, { from: addDays(to, -364), to }, "hour"));
    const day = await leastOf(ROUNDS, () => warehouse.traffic(store, { from: to, to }, "window"));
    await warehouse.close();
    const of = (one: number, all: number) => `${((100 * one) / all).toFixed(1)} % of a scan of all`;
    return {
      name: `${(STORES * DAYS * perDay).toLocaleString("en")} counts of ${STORES.toLocaleString("en")} stores in ${DAYS.toLocaleString("en")} dates`,
      lines: [
        `one store, a year by hour:     ${spentText(year)}, ${of(year.cpuMs, scans.hours.cpuMs)}; reach < 150 ms`,
        `one store, a day by window:    ${spentText(day)}, ${of(day.cpuMs, scans.counts.cpuMs)}`,
        `scan of all hours, of all counts: ${spentText(scans.hours)}, ${spentText(scans.counts)}`,
      ],
    };
  });
}

/** As the archive lays them out, listed and indexed. */
async function writePartitions(connection: DuckDBConnection, dir: string, windowS: number): Promise<void> {
  const shape = { stores: STORES, days: DAYS, targets: 1, windowS };
  const staging = join(dir, "generated.parquet");
  await connection.run(`CREATE TEMP TABLE a_day AS ${countsSql(shape, 0, 1)} ORDER BY tenant, store, device_id, ts`);
  for (let day = 0; day < DAYS; day += 1) {
    const date = addDays(FIRST_DAY, day);
    const moved = ["ts", "received_at", "window_start"].map((name) => `${name} + INTERVAL ${day} DAY AS ${name}`);
    await connection.run(
      `COPY (SELECT * REPLACE (DATE '${date}' AS date, seq + ${day * windowsPerDay(windowS)} AS seq, ${moved.join(", ")}) FROM a_day)
       TO '${staging}' (FORMAT parquet, COMPRESSION zstd)`,
    );
    const { bytes, sha256 } = await fingerprintOf(staging);
    await mkdir(join(dir, "counts", `date=${date}`), { recursive: true });
    await rename(staging, join(dir, "counts", `date=${date}`, fileNameOf(sha256)));
    await connection.run(
      `INSERT INTO cold_file (table_name, date, file, bytes, sha256, indexed)
       VALUES ('counts', DATE '${date}', '${fileNameOf(sha256)}', ${bytes}, '${sha256}', true)`,
    );
  }
  await rm(staging, { force: true });
}

/** The hours as a roll-up leaves them: a stretch of dates of all stores behind the other. */
const HOURS_SQL = `INSERT INTO traffic_hourly BY NAME
  SELECT 'acme' AS tenant, 'store-' || lpad(s::VARCHAR, 4, '0') AS store, 'cam-1' AS device_id, 'front' AS camera_id,
    'line' AS target_kind, 'target-0' AS target_id, local_start::DATE AS business_date, local_start, 3600.0 AS span_s,
    (hash(h, s) % 50)::BIGINT AS "in", (hash(s, h) % 50)::BIGINT AS "out", 0 AS visits, 0 AS stops, 0 AS passers_by, 0.0 AS dwell_s,
    0.0 AS occupancy_mean, 0 AS occupancy_max, 3600.0 AS observed_s
  FROM (SELECT s, h, TIMESTAMP '${FIRST_DAY}' + to_hours(h) AS local_start
    FROM range(${DAYS * 24}) AS hours(h), range(${STORES}) AS stores(s))
  ORDER BY business_date, store, local_start`;
