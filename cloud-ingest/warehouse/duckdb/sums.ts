import { groupBy } from "../../group-by.ts";
import { zoneOf } from "../../zone/rules.ts";
import type { Zone } from "../../zone/zone.ts";
import { around } from "../dates.ts";
import type { StoreDates } from "../port.ts";
import { isInSpan, isOfStore, local, storeSpans, storeSpansParameter } from "./local-time.ts";

/** How many parameters `hoursSql` has. */
export const SUMS_PARAMETERS = 4;

const LENGTH = JSON.stringify([{ zone: "VARCHAR", local_start: "TIMESTAMP", span_s: "DOUBLE", day_s: "DOUBLE" }]);
const TARGET = "tenant, store, device_id, camera_id, target_kind, target_id";

/** Adds up rows that have these columns; occupancy is averaged over the observed time. */
const SUMS = `sum("in")::BIGINT AS "in", sum("out")::BIGINT AS "out", sum(visits)::BIGINT AS visits, sum(stops)::BIGINT AS stops,
  sum(passers_by)::BIGINT AS passers_by, sum(dwell_s) AS dwell_s,
  coalesce(sum(occupancy_mean * observed_s) / nullif(sum(observed_s), 0), 0) AS occupancy_mean,
  max(occupancy_max) AS occupancy_max, sum(observed_s) AS observed_s`;

/**
 * SQL that adds up counts (`rows`) to the hours of some dates of stores: what a roll-up writes, and what a reader gets before it.
 * Its parameters begin at `$first`. Each hour also tells how long its day is, for `daysSql`. In brackets, to be read from.
 */
export function hoursSql(rows: string, first: number): string {
  return `(WITH timed AS (
      SELECT counts.*, zone, ${local("window_start")} AS local_time
      FROM (${rows}) AS counts JOIN ${storeSpans(first)} ON ${isOfStore} AND ${isInSpan("window_start")}
      WHERE date BETWEEN $${first + 2}::DATE AND $${first + 3}::DATE),
    summed AS (
      SELECT ${TARGET}, zone, date_trunc('hour', local_time)::TIMESTAMP AS local_start, ${SUMS} FROM timed GROUP BY ALL),
    lengths AS (SELECT unnest(from_json_strict($${first + 1}, '${LENGTH}'), max_depth := 2))
    SELECT summed.* EXCLUDE (zone), local_start::DATE AS business_date, span_s, day_s
    FROM summed LEFT JOIN lengths USING (zone, local_start))`;
}

/** SQL for the days that such hours come to. */
export const daysSql = (hours: string) =>
  `SELECT ${TARGET}, business_date, business_date::TIMESTAMP AS local_start, any_value(day_s) AS span_s, ${SUMS}
   FROM ${hours} GROUP BY ALL`;

/** SQL for the hours as the table has them. */
export const onlyHours = (hours: string) => `SELECT * EXCLUDE (day_s) FROM ${hours}`;

/** The parameters of `hoursSql`; the work must not be empty, nor any dates of it. */
export function sumsParameters(work: readonly StoreDates[]): readonly string[] {
  const near = around(work.flatMap(({ dates }) => dates));
  const spans = work.map(({ store, dates }) => ({ store, spans: zoneOf(store.timeZone).spansOf(dates) }));
  return [storeSpansParameter(spans), lengthsParameter(work), near[0] ?? "", near.at(-1) ?? ""];
}

/** How long each hour of the dates and each day is in each zone: on the days of a clock change 23 or 25 hours come out. */
function lengthsParameter(work: readonly StoreDates[]): string {
  const byZone = groupBy(work, ({ store }) => store.timeZone);
  const lengths = [...byZone].flatMap(([name, stores]) => {
    const dates = new Set(stores.flatMap((one) => one.dates));
    return [...dates].flatMap((date) => lengthsOf(zoneOf(name), date));
  });
  return JSON.stringify(lengths);
}

function lengthsOf(zone: Zone, date: string): readonly object[] {
  const hours = zone.hourLengthsS(date);
  const day_s = hours.reduce((sum, span_s) => sum + span_s, 0);
  return hours.map((span_s, hour) => {
    return { zone: zone.name, local_start: `${date}T${String(hour).padStart(2, "0")}:00:00`, span_s, day_s };
  });
}
