import { zoneOf } from "../../zone/rules.ts";
import type { Zone } from "../../zone/zone.ts";
import type { StoreInfo } from "../port.ts";
import { around } from "./dates.ts";
import { isInSpan, local, spansParameter, zoneSpans } from "./local-time.ts";

/** The tables that roll-ups write. */
export const ROLLED = { hour: "traffic_hourly", day: "traffic_daily" } as const;
export type Unit = keyof typeof ROLLED;

/** How many parameters `sumsSql` has, from `$1` on. */
export const SUMS_PARAMETERS = 6;

const LENGTH = JSON.stringify([{ local_start: "TIMESTAMP", span_s: "DOUBLE" }]);

/** SQL that adds up counts (`rows`) to the hours or days of some dates: what a roll-up writes, and what a reader gets before it. */
export function sumsSql(unit: Unit, rows: string): string {
  return `WITH timed AS (
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

/** Its parameters; `dates` must not be empty. */
export function sumsParameters(store: StoreInfo, dates: readonly string[], unit: Unit): readonly string[] {
  const zone = zoneOf(store.timeZone);
  const near = around(dates);
  return [
    ...[store.tenant, store.store, spansParameter(zone.spansOf(dates)), lengthsParameter(zone, dates, unit)],
    ...[near[0] ?? "", near.at(-1) ?? ""],
  ];
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
