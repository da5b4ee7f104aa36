import { join } from "node:path";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { openDuckDbWarehouse } from "../../../cloud-ingest/warehouse/duckdb/open.ts";
import type { StoreInfo } from "../../../cloud-ingest/warehouse/port.ts";

/** Counts that SQL makes: each target of each store gives one row every `windowS`, day and night. */
export interface Generated {
  readonly stores: number;
  readonly days: number;
  readonly targets: number;
  readonly windowS: number;
}

export const FIRST_DAY = "2026-01-01";

export const storesOf = ({ stores }: Pick<Generated, "stores">): readonly StoreInfo[] =>
  Array.from({ length: stores }, (_, number) => {
    const store = `store-${String(number).padStart(4, "0")}`;
    return { tenant: "acme", store, name: store, timeZone: "Asia/Tokyo" };
  });

/** A warehouse in `dir` with such counts, hot and not rolled up. */
export async function generate(dir: string, what: Generated): Promise<void> {
  await (await openDuckDbWarehouse(dir)).close();
  await withHot(dir, async (connection) => {
    await connection.run(`INSERT INTO counts BY NAME ${countsSql(what, 0, what.days)}`);
    await connection.run(
      `INSERT INTO stale_quarter SELECT DISTINCT tenant, store, time_bucket(INTERVAL 15 MINUTES, window_start) FROM counts`,
    );
    await connection.run(
      `INSERT INTO seq_range SELECT ('0x' || md5(concat_ws('/', tenant, store, device_id, boot_id))[:15])::BIGINT,
         tenant, store, device_id, boot_id, min(seq), max(seq) FROM counts GROUP BY ALL`,
    );
  });
}

/** Works on the hot database while no warehouse has it open. */
export async function withHot<T>(dir: string, work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
  const instance = await DuckDBInstance.create(join(dir, "hot.duckdb"), { threads: "2" });
  const connection = await instance.connect();
  try {
    return await work(connection);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

export const windowsPerDay = (windowS: number) => Math.floor(86_400 / windowS);

/** SQL for the counts of some of the days. */
export function countsSql({ stores, targets, windowS }: Generated, firstDay: number, days: number): string {
  const perDay = windowsPerDay(windowS);
  return `SELECT 'acme' AS tenant, 'store-' || lpad(s::VARCHAR, 4, '0') AS store, 'cam-1/boot-00000001/' || seq AS event_id,
      instant::DATE AS date, instant AS received_at, 1 AS v, 'cam-1' AS device_id, 'boot-00000001' AS boot_id, seq, instant AS ts,
      seq * 1000.0 AS monotonic_ms, true AS clock_synced, false AS historical, 'front' AS camera_id, 'line' AS target_kind,
      'target-' || t AS target_id, instant AS window_start, ${windowS} AS window_s, (hash(seq, s) % 7)::BIGINT AS "in",
      (hash(s, seq) % 7)::BIGINT AS "out", 0 AS visits, 0 AS stops, 0 AS passers_by, 0.0 AS dwell_s,
      '[0,0,0,0,0,0,0,0,0,0]' AS dwell_histogram, 0 AS occupancy_min, 0.0 AS occupancy_mean, 0 AS occupancy_max,
      ${10 * windowS} AS frames, ${windowS}.0 AS observed_s, false AS partial
    FROM (SELECT s, t, w, (${firstDay} * ${perDay} + w) * ${targets} + t AS seq,
        TIMESTAMP '${FIRST_DAY}' + to_seconds((${firstDay} * ${perDay} + w) * ${windowS}) AS instant
      FROM range(${days * perDay}) AS windows(w), range(${stores}) AS stores(s), range(${targets}) AS targets(t))`;
}

/** SQL that fills hours and days of years as roll-ups leave them. */
export function yearsSql({ stores, days, targets }: Omit<Generated, "windowS">): readonly string[] {
  const target = `tenant, store, device_id, camera_id, target_kind, target_id`;
  const hours = `SELECT 'acme' AS tenant, 'store-' || lpad(s::VARCHAR, 4, '0') AS store, 'cam-1' AS device_id, 'front' AS camera_id,
      CASE WHEN t < 3 THEN 'line' ELSE 'zone' END AS target_kind, 'target-' || t AS target_id, local_start::DATE AS business_date,
      local_start, 3600.0 AS span_s, (hash(h, s, t) % 50)::BIGINT AS "in", (hash(h, t, s) % 50)::BIGINT AS "out", 1 AS visits,
      1 AS stops, 2 AS passers_by, 12.5 AS dwell_s, 0.25 AS occupancy_mean, 3 AS occupancy_max, 3600.0 AS observed_s
    FROM (SELECT s, t, h, TIMESTAMP '2023-11-25' + to_hours(h) AS local_start
      FROM range(${days * 24}) AS hours(h), range(${stores}) AS stores(s), range(${targets}) AS targets(t))
    ORDER BY business_date, store`;
  const sums = ["in", "out", "visits", "stops", "passers_by"].map((name) => `sum("${name}")::BIGINT AS "${name}"`);
  return [
    `INSERT INTO traffic_hourly BY NAME ${hours}`,
    `INSERT INTO traffic_daily BY NAME SELECT ${target}, business_date, business_date::TIMESTAMP AS local_start, 86400.0 AS span_s,
       ${sums.join(", ")}, sum(dwell_s) AS dwell_s, avg(occupancy_mean) AS occupancy_mean, max(occupancy_max) AS occupancy_max,
       sum(observed_s) AS observed_s FROM traffic_hourly GROUP BY ALL`,
  ];
}
