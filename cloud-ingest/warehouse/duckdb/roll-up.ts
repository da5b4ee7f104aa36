import { listValue } from "@duckdb/node-api";
import { zoneOf } from "../../zone/rules.ts";
import type { OffsetSpan, Zone } from "../../zone/zone.ts";
import type { StoreInfo } from "../port.ts";
import { allRows, coldFiles, fileParameters } from "./cold-list.ts";
import { around } from "./dates.ts";
import { isInSpan, local, spansParameter, zoneSpans } from "./local-time.ts";
import type { Session } from "./session.ts";
import { QUARTER_MS } from "./stale-quarters.ts";

const TABLES = { hour: "traffic_hourly", day: "traffic_daily" } as const;
type Unit = keyof typeof TABLES;

const LENGTH = JSON.stringify([{ local_start: "TIMESTAMP", span_s: "DOUBLE" }]);

/** Replaces the roll-ups of these business dates of a store by what the counts say now. Returns rows written. */
export async function rollUpDates(
  session: Session,
  { dir, store, dates }: { readonly dir: string; readonly store: StoreInfo; readonly dates: readonly string[] },
): Promise<number> {
  const zone = zoneOf(store.timeZone);
  const near = around(dates);
  const files = await coldFiles(session, "counts", near);
  const key = [store.tenant, store.store];
  const spans = zone.spansOf(dates);
  let written = 0;
  for (const unit of ["hour", "day"] as const) {
    await session.run(
      `DELETE FROM ${TABLES[unit]} WHERE tenant = $1 AND store = $2 AND business_date IN (SELECT unnest($3)::DATE)`,
      [...key, listValue([...dates])],
    );
    const parameters = [...key, spansParameter(spans), lengthsParameter(zone, dates, unit)];
    const bounds = [near[0] ?? "", near.at(-1) ?? ""];
    const rows = allRows("counts", files, 7);
    written += await session.run(insertSql(unit, rows), [...parameters, ...bounds, ...fileParameters(dir, files)]);
  }
  await clearStale(session, key, spans);
  return written;
}

function insertSql(unit: Unit, rows: string): string {
  return `INSERT INTO ${TABLES[unit]} BY NAME
    WITH timed AS (
      SELECT counts.*, ${local("window_start")} AS local_time
      FROM (${rows}) AS counts JOIN ${zoneSpans(3)} ON ${isInSpan("window_start")}
      WHERE tenant = $1 AND store = $2 AND date BETWEEN $5::DATE AND $6::DATE),
    summed AS (
      SELECT tenant, store, device_id, camera_id, target_kind, target_id,
        local_time::DATE AS business_date, date_trunc('${unit}', local_time)::TIMESTAMP AS local_start,
        sum("in") AS "in", sum("out") AS "out", sum(visits) AS visits, sum(stops) AS stops,
        sum(passers_by) AS passers_by, sum(dwell_s) AS dwell_s,
        coalesce(sum(occupancy_mean * observed_s) / nullif(sum(observed_s), 0), 0) AS occupancy_mean,
        max(occupancy_max) AS occupancy_max, sum(observed_s) AS observed_s
      FROM timed GROUP BY ALL),
    lengths AS (
      SELECT l.local_start, l.span_s FROM (SELECT unnest(from_json_strict($4, '${LENGTH}')) AS l))
    SELECT summed.*, span_s FROM summed LEFT JOIN lengths USING (local_start)`;
}

/** How long each hour or day of the dates is: on the days of a clock change 23 or 25 hours come out. */
function lengthsParameter(zone: Zone, dates: readonly string[], unit: Unit): string {
  const lengths = dates.flatMap((date) => {
    const hours = zone.hourLengthsS(date).map((span_s, hour) => {
      return { local_start: `${date}T${String(hour).padStart(2, "0")}:00:00`, span_s };
    });
    const day = hours.reduce((sum, { span_s }) => sum + span_s, 0);
    return unit === "hour" ? hours : [{ local_start: `${date}T00:00:00`, span_s: day }];
  });
  return JSON.stringify(lengths);
}

/** A quarter that reaches into another date as well waits for that one. */
async function clearStale(session: Session, key: readonly string[], spans: readonly OffsetSpan[]): Promise<void> {
  await session.run(
    `DELETE FROM stale_quarter WHERE tenant = $1 AND store = $2 AND EXISTS (
       SELECT 1 FROM ${zoneSpans(3)} WHERE quarter >= from_utc AND quarter + INTERVAL ${QUARTER_MS} MILLISECOND <= until_utc)`,
    [...key, spansParameter(joined(spans))],
  );
}

/** Spans that follow each other without a gap as one, whatever the clock shows. */
function joined(spans: readonly OffsetSpan[]): readonly OffsetSpan[] {
  const whole: OffsetSpan[] = [];
  for (const span of spans) {
    const last = whole.at(-1);
    if (last?.untilMs === span.fromMs) whole[whole.length - 1] = { ...last, untilMs: span.untilMs };
    else whole.push(span);
  }
  return whole;
}
