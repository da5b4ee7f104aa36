import { addDays, type DateRange, datesOf } from "../../calendar.ts";
import { zoneOf } from "../../zone/rules.ts";
import type { StoreInfo, TrafficRow } from "../port.ts";
import type { ColdFile } from "./cold-files.ts";
import { allRows, fileParameters } from "./cold-list.ts";
import { isInSpan, local, spansParameter, zoneSpans } from "./local-time.ts";
import { numberOf, type Row, textOf } from "./row.ts";
import type { Session } from "./session.ts";

interface Question {
  readonly store: StoreInfo;
  readonly range: DateRange;
}

/** What the devices' birth messages call their lines and zones. */
const NAMES = `names AS (
  WITH camera AS (
    SELECT device, unnest(from_json(cameras, '[{"id":"VARCHAR","lines":[{"id":"VARCHAR","name":"VARCHAR"}],
      "zones":[{"id":"VARCHAR","name":"VARCHAR"}]}]')) AS c
    FROM device WHERE tenant = $1 AND store = $2),
  target AS (
    SELECT device, c.id AS camera, 'line' AS kind, unnest(c.lines) AS t FROM camera
    UNION ALL SELECT device, c.id, 'zone', unnest(c.zones) FROM camera)
  SELECT device, camera, kind, t.id AS target, max(t.name) AS name FROM target GROUP BY ALL)`;

/** Adds the names and gives the rows in the order of time. */
const NAMED = `SELECT traffic.*, coalesce(names.name, traffic.target_id) AS target_name,
    strftime(local_start, '%Y-%m-%dT%H:%M:%S') AS local_text
  FROM traffic LEFT JOIN names ON names.device = traffic.device_id AND names.camera = traffic.camera_id
    AND names.kind = traffic.target_kind AND names.target = traffic.target_id
  ORDER BY local_start, device_id, camera_id, target_kind, target_id`;

/** Hours or days as of the last roll-up. */
export async function rolledTraffic(
  session: Session,
  { store, range, span }: Question & { readonly span: "hour" | "day" },
): Promise<readonly TrafficRow[]> {
  const table = span === "hour" ? "traffic_hourly" : "traffic_daily";
  const rows = await session.rows(
    `WITH traffic AS (SELECT * FROM ${table} WHERE tenant = $1 AND store = $2
       AND business_date BETWEEN $3::DATE AND $4::DATE), ${NAMES} ${NAMED}`,
    [store.tenant, store.store, range.from, range.to],
  );
  return rows.map(trafficOf);
}

type WindowQuestion = Question & { readonly dir: string; readonly files: readonly ColdFile[] };

/** Windows as they came. */
export async function windowTraffic(session: Session, question: WindowQuestion): Promise<readonly TrafficRow[]> {
  const rows = await session.rows(
    `${windows(question.files, "counts.*, window_s AS span_s")}, ${NAMES} ${NAMED}`,
    windowParameters(question),
  );
  return rows.map(trafficOf);
}

/** Business dates that have windows. */
export async function windowDates(session: Session, question: WindowQuestion): Promise<readonly string[]> {
  const rows = await session.rows(
    `${windows(question.files, "window_start")} SELECT DISTINCT business_date FROM traffic ORDER BY business_date`,
    windowParameters(question),
  );
  return rows.map((row) => textOf(row, "business_date"));
}

/** The start of a query over the windows of a range: `traffic`, with these columns of theirs and their local times. */
function windows(files: readonly ColdFile[], columns: string): string {
  return `WITH timed AS (
      SELECT ${columns}, ${local("window_start")} AS local_start
      FROM (${allRows("counts", files, 6)}) AS counts JOIN ${zoneSpans(3)} ON ${isInSpan("window_start")}
      WHERE tenant = $1 AND store = $2 AND date BETWEEN $4::DATE AND $5::DATE),
    traffic AS (SELECT *, local_start::DATE AS business_date FROM timed)`;
}

function windowParameters({ dir, store, range, files }: WindowQuestion) {
  return [
    ...[store.tenant, store.store, spansParameter(zoneOf(store.timeZone).spansOf(datesOf(range)))],
    ...[addDays(range.from, -2), addDays(range.to, 2)],
    ...fileParameters(dir, files),
  ];
}

const trafficOf = (row: Row): TrafficRow => ({
  deviceId: textOf(row, "device_id"),
  cameraId: textOf(row, "camera_id"),
  targetKind: row.target_kind === "zone" ? "zone" : "line",
  targetId: textOf(row, "target_id"),
  targetName: textOf(row, "target_name"),
  businessDate: textOf(row, "business_date"),
  localStart: textOf(row, "local_text"),
  spanS: numberOf(row, "span_s"),
  in: numberOf(row, "in"),
  out: numberOf(row, "out"),
  visits: numberOf(row, "visits"),
  stops: numberOf(row, "stops"),
  passersBy: numberOf(row, "passers_by"),
  dwellS: numberOf(row, "dwell_s"),
  occupancyMean: numberOf(row, "occupancy_mean"),
  occupancyMax: numberOf(row, "occupancy_max"),
  observedS: numberOf(row, "observed_s"),
});
