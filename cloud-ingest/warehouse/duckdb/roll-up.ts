import { listValue } from "@duckdb/node-api";
import type { StoreInfo } from "../port.ts";
import { allRows, coldFiles, fileParameters } from "./cold-list.ts";
import { around } from "./dates.ts";
import type { Session } from "./session.ts";

const TABLES = { hour: "traffic_hourly", day: "traffic_daily" } as const;
type Unit = keyof typeof TABLES;

/** SQL for a UTC timestamp in the zone bound to `$1`. */
export const local = (utc: string) => `timezone($1, timezone('UTC', ${utc}))`;

/** Replaces the roll-ups of these business dates of a store by what the counts say now. Returns rows written. */
export async function rollUpDates(
  session: Session,
  { dir, store, dates }: { readonly dir: string; readonly store: StoreInfo; readonly dates: readonly string[] },
): Promise<number> {
  const files = await coldFiles(session, "counts", around(dates));
  const key = [store.timeZone, store.tenant, store.store, listValue([...dates])];
  let written = 0;
  for (const unit of ["hour", "day"] as const) {
    await session.run(
      `DELETE FROM ${TABLES[unit]} WHERE tenant = $1 AND store = $2 AND business_date IN (SELECT unnest($3)::DATE)`,
      key.slice(1),
    );
    const span = around(dates);
    const bounds = [span[0] ?? "", span.at(-1) ?? ""];
    const rows = allRows("counts", files, 7);
    written += await session.run(insertSql(unit, rows), [...key, ...bounds, ...fileParameters(dir, files)]);
  }
  await session.run(
    `DELETE FROM stale_quarter WHERE tenant = $2 AND store = $3
     AND ${local("quarter")}::DATE IN (SELECT unnest($4)::DATE)`,
    key,
  );
  return written;
}

/** On the days of a clock change an hour or day is as long as it was, so 23 and 25 hours come out. */
function insertSql(unit: Unit, rows: string): string {
  return `INSERT INTO ${TABLES[unit]} BY NAME
    WITH near AS (
      SELECT *, ${local("window_start")} AS local_time FROM (${rows})
      WHERE tenant = $2 AND store = $3 AND date BETWEEN $5::DATE AND $6::DATE),
    timed AS (SELECT *, local_time::DATE AS business_date, date_trunc('${unit}', local_time) AS local_start FROM near),
    summed AS (
      SELECT tenant, store, device_id, camera_id, target_kind, target_id, business_date, local_start,
        sum("in") AS "in", sum("out") AS "out", sum(visits) AS visits, sum(stops) AS stops,
        sum(passers_by) AS passers_by, sum(dwell_s) AS dwell_s,
        coalesce(sum(occupancy_mean * observed_s) / nullif(sum(observed_s), 0), 0) AS occupancy_mean,
        max(occupancy_max) AS occupancy_max, sum(observed_s) AS observed_s
      FROM timed WHERE business_date IN (SELECT unnest($4)::DATE)
      GROUP BY ALL)
    SELECT *, epoch(${firstInstant(`(local_start + INTERVAL 1 ${unit})`)} - ${firstInstant("local_start")}) AS span_s
    FROM summed`;
}

/** The instant at which a local time is reached first; DuckDB itself takes the second when clocks went back over it. */
function firstInstant(time: string): string {
  const instant = `timezone($1, ${time})`;
  const earlier = ["30 MINUTE", "1 HOUR", "2 HOUR"].map((shift) => `${instant} - INTERVAL ${shift}`);
  const repeats = earlier.map((early) => `CASE WHEN timezone($1, ${early}) = ${time} THEN ${early} END`);
  return `least(${instant}, ${repeats.join(", ")})`;
}
