import { type DuckDBValue, listValue } from "@duckdb/node-api";
import { addDays, type DateRange, datesOf } from "../../calendar.ts";
import { zoneOf } from "../../zone/rules.ts";
import type { StoreInfo, TrafficRow, WindowsSum } from "../port.ts";
import { ROLLED, type Unit } from "../rolled.ts";
import { numberOf, textOf } from "../row.ts";
import type { ColdFile } from "./cold-files.ts";
import { allRows, fileParameters } from "./cold-list.ts";
import { isInSpan, local, spansParameter, zoneSpans } from "./local-time.ts";
import type { Session } from "./session.ts";
import { daysSql, hoursSql, onlyHours, SUMS_PARAMETERS, sumsParameters } from "./sums.ts";
import { quoted } from "./tables.ts";
import { MEASURES, TRAFFIC_RESULT, trafficRows } from "./traffic-rows.ts";

interface CountsQuestion {
  readonly dir: string;
  readonly store: StoreInfo;
  readonly range: DateRange;
  /** The good files that may hold counts of the question. */
  readonly files: readonly ColdFile[];
}

const LOCAL = "%Y-%m-%dT%H:%M:%S";
const HOUR_S = 3600;
const WINDOW_COLUMNS = `device_id, camera_id, target_kind, target_id, window_s AS span_s, ${MEASURES.map(quoted).join(", ")}`;

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

interface RolledQuestion extends CountsQuestion {
  readonly span: Unit;
  /** Dates of the range whose counts the roll-up has not seen all; added up here and now. */
  readonly unsettled: readonly string[];
}

/** Hours or days: of settled dates as the roll-up wrote them, of the others as it would write them now. */
export async function rolledTraffic(session: Session, question: RolledQuestion): Promise<readonly TrafficRow[]> {
  const { dir, store, range, span, unsettled, files } = question;
  const stored = (first: number) => `SELECT * FROM ${ROLLED[span]} WHERE tenant = $1 AND store = $2
    AND business_date BETWEEN $${first}::DATE AND $${first + 1}::DATE`;
  if (unsettled.length === 0) {
    const key = [store.tenant, store.store];
    return named(session, `WITH traffic AS MATERIALIZED (${stored(3)})`, [...key, range.from, range.to]);
  }
  const own = 3 + SUMS_PARAMETERS;
  const hours = hoursSql(allRows("counts", files, own + 3), 3);
  const sums = span === "hour" ? onlyHours(hours) : daysSql(hours);
  return named(
    session,
    `WITH traffic AS MATERIALIZED (${stored(own)} AND business_date NOT IN (SELECT unnest($${own + 2})::DATE)
      UNION ALL BY NAME SELECT * FROM (${sums}))`,
    [
      ...[store.tenant, store.store, ...sumsParameters([{ store, dates: unsettled }])],
      ...[range.from, range.to, listValue([...unsettled]), ...fileParameters(dir, files)],
    ],
  );
}

/** Windows as they came. */
export function windowTraffic(session: Session, question: CountsQuestion): Promise<readonly TrafficRow[]> {
  return named(session, windows(question.files, WINDOW_COLUMNS), windowParameters(question));
}

/** How many windows there are, and the local end of the last one in which a camera watched or counted. */
export async function windowsSum(session: Session, question: CountsQuestion): Promise<WindowsSum> {
  const columns = `window_s, (observed_s > 0 OR "in" + "out" + visits > 0) AS is_seen`;
  const [row = {}] = await session.rows(
    `${windows(question.files, columns)} SELECT count(*) AS windows,
       strftime(max(local_start + to_seconds(least(window_s, ${HOUR_S}))) FILTER (is_seen), '${LOCAL}') AS seen_until
     FROM traffic`,
    windowParameters(question),
  );
  const seenUntil = textOf(row, "seen_until");
  return { windows: numberOf(row, "windows"), ...(seenUntil !== "" && { seenUntil }) };
}

async function named(session: Session, traffic: string, parameters: DuckDBValue[]): Promise<readonly TrafficRow[]> {
  return trafficRows(session.chunks(`${traffic}, ${NAMES}, ${TRAFFIC_RESULT}`, parameters));
}

/** Business dates that have windows. */
export async function windowDates(session: Session, question: CountsQuestion): Promise<readonly string[]> {
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
    traffic AS MATERIALIZED (SELECT *, local_start::DATE AS business_date FROM timed)`;
}

function windowParameters({ dir, store, range, files }: CountsQuestion) {
  return [
    ...[store.tenant, store.store, spansParameter(zoneOf(store.timeZone).spansOf(datesOf(range)))],
    ...[addDays(range.from, -2), addDays(range.to, 2)],
    ...fileParameters(dir, files),
  ];
}
