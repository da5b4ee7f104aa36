import { zoneOf } from "../../zone/rules.ts";
import { TRAFFIC_COLUMNS } from "../own-columns.ts";
import type { StoreDates } from "../port.ts";
import type { Unit } from "../rolled.ts";
import type { Statement } from "./big-query-client.ts";
import { SPAN_TYPES, spansOf, timed } from "./local-time.ts";
import { columnList, quoted } from "./tables.ts";

const USUAL_S: Readonly<Record<Unit, number>> = { hour: 3_600, day: 86_400 };
const KEY = "tenant, store, device_id, camera_id, target_kind, target_id";

const LENGTH_TYPES = { lengths: [{ tenant: "STRING", store: "STRING", local_start: "STRING", span_s: "FLOAT64" }] };

/** The columns of what `sums` gives, as the tables have them. */
export const SUM_COLUMNS = columnList(TRAFFIC_COLUMNS);

/** A WITH clause that ends in `sums`: counts added up to the hours or days of some stores' dates. `work` must not be empty. */
export function sumsOf(unit: Unit, work: readonly StoreDates[], condition: string): Statement {
  const part = unit.toUpperCase();
  const lengths = unusualLengths(unit, work);
  const sql = `WITH ${timed(condition)}, summed AS (
  SELECT ${KEY}, DATE(local_time) AS business_date, DATETIME_TRUNC(local_time, ${part}) AS local_start,
    SUM(\`in\`) AS \`in\`, SUM(\`out\`) AS \`out\`, SUM(visits) AS visits, SUM(stops) AS stops,
    SUM(passers_by) AS passers_by, SUM(dwell_s) AS dwell_s,
    IFNULL(SUM(occupancy_mean * observed_s) / NULLIF(SUM(observed_s), 0), 0) AS occupancy_mean,
    MAX(occupancy_max) AS occupancy_max, SUM(observed_s) AS observed_s
  FROM timed GROUP BY ${KEY}, business_date, local_start),
sums AS (
  SELECT ${summedColumns(unit, lengths.length > 0)} FROM summed${lengths.length > 0 ? LENGTH_JOIN : ""})`;
  const spans = spansOf(work);
  if (lengths.length === 0) return { sql, params: { spans }, types: SPAN_TYPES };
  return { sql, params: { spans, lengths }, types: { ...SPAN_TYPES, ...LENGTH_TYPES } };
}

/** Most days of most places are of the usual length, so that nothing need be joined. */
const LENGTH_JOIN = ` LEFT JOIN UNNEST(@lengths) AS l
    ON l.tenant = summed.tenant AND l.store = summed.store AND CAST(l.local_start AS DATETIME) = summed.local_start`;

function summedColumns(unit: Unit, isJoined: boolean): string {
  const usual = `${USUAL_S[unit]}.0`;
  const length = isJoined ? `IFNULL(l.span_s, ${usual})` : usual;
  return TRAFFIC_COLUMNS.map(({ name }) => (name === "span_s" ? `${length} AS span_s` : `summed.${quoted(name)}`)).join(
    ", ",
  );
}

/** How long the hours or days are that a jump of the clock makes longer or shorter. */
function unusualLengths(unit: Unit, work: readonly StoreDates[]): readonly object[] {
  return work.flatMap(({ store: { tenant, store, timeZone }, dates }) => {
    const zone = zoneOf(timeZone);
    return dates.flatMap((date) => {
      const hours = zone.hourLengthsS(date);
      const lengths = unit === "hour" ? hours : [hours.reduce((sum, one) => sum + one, 0)];
      return lengths.flatMap((span_s, hour) => {
        if (span_s === USUAL_S[unit]) return [];
        return [{ tenant, store, local_start: `${date}T${String(hour).padStart(2, "0")}:00:00`, span_s }];
      });
    });
  });
}
