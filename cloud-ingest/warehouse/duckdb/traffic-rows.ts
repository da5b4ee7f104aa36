import type { DuckDBDataChunk } from "@duckdb/node-api";
import type { TrafficRow } from "../port.ts";
import { quoted } from "./tables.ts";

/** What is counted of a line or zone, as columns. */
export const MEASURES = [
  ...["in", "out", "visits", "stops", "passers_by", "dwell_s"],
  ...["occupancy_mean", "occupancy_max", "observed_s"],
] as const;

const TARGET = "device_id, camera_id, target_kind, target_id";

/**
 * SQL that ends a query over `traffic` and `names`: first a row for each line and zone, which has a number, then the spans in the order of
 * time, which say that number. A text costs twenty times what a number does on its way out of DuckDB, and a target has six for all its years.
 */
export const TRAFFIC_RESULT = `targets AS (
    SELECT *, row_number() OVER (ORDER BY ${TARGET})::DOUBLE AS target FROM (SELECT DISTINCT ${TARGET} FROM traffic)),
  spans AS (
    SELECT target, epoch_ms(local_start)::DOUBLE AS start_ms, span_s::DOUBLE AS span_s,
      ${MEASURES.map((name) => `${quoted(name)}::DOUBLE AS ${quoted(name)}`).join(", ")}
    FROM traffic JOIN targets USING (${TARGET}))
  SELECT target, start_ms, span_s, ${MEASURES.map(quoted).join(", ")}, ${TARGET}, name FROM (
    SELECT * FROM spans UNION ALL BY NAME
    SELECT targets.*, names.name FROM targets LEFT JOIN names ON names.device = device_id AND names.camera = camera_id
      AND names.kind = target_kind AND names.target = target_id)
  ORDER BY start_ms NULLS FIRST, target`;

type Target = Pick<TrafficRow, "deviceId" | "cameraId" | "targetKind" | "targetId" | "targetName">;

/** Reads the chunks of such a result. */
export async function trafficRows(chunks: AsyncIterable<DuckDBDataChunk>): Promise<readonly TrafficRow[]> {
  const targets = new Map<number, Target>();
  const rows: TrafficRow[] = [];
  const time = new LocalTimes();
  for await (const chunk of chunks) {
    const columns = Array.from({ length: chunk.columnCount }, (_, index) => chunk.getColumnVector(index));
    const number = (column: number, row: number) => Number(columns[column]?.getItem(row) ?? 0);
    const text = (column: number, row: number) => String(columns[column]?.getItem(row) ?? "");
    for (let row = 0; row < chunk.rowCount; row++) {
      if (columns[1]?.getItem(row) === null) {
        targets.set(
          number(0, row),
          targetOf((column) => text(FIRST_TEXT + column, row)),
        );
        continue;
      }
      const target = targets.get(number(0, row));
      if (target) rows.push(rowOf(target, time.at(number(1, row)), (column) => number(column, row)));
    }
  }
  return rows;
}

/** Places of the columns: number of the target, start, length, measures, then the texts of a target. */
const FIRST_MEASURE = 3;
const FIRST_TEXT = FIRST_MEASURE + MEASURES.length;

function targetOf(text: (column: number) => string): Target {
  const [targetId, name] = [text(3), text(4)];
  const targetKind = text(2) === "zone" ? "zone" : "line";
  return { deviceId: text(0), cameraId: text(1), targetKind, targetId, targetName: name === "" ? targetId : name };
}

function rowOf(target: Target, time: LocalTime, number: (column: number) => number): TrafficRow {
  return {
    deviceId: target.deviceId,
    cameraId: target.cameraId,
    targetKind: target.targetKind,
    targetId: target.targetId,
    targetName: target.targetName,
    businessDate: time.businessDate,
    localStart: time.localStart,
    spanS: number(2),
    in: number(FIRST_MEASURE),
    out: number(FIRST_MEASURE + 1),
    visits: number(FIRST_MEASURE + 2),
    stops: number(FIRST_MEASURE + 3),
    passersBy: number(FIRST_MEASURE + 4),
    dwellS: number(FIRST_MEASURE + 5),
    occupancyMean: number(FIRST_MEASURE + 6),
    occupancyMax: number(FIRST_MEASURE + 7),
    observedS: number(FIRST_MEASURE + 8),
  };
}

type LocalTime = Pick<TrafficRow, "businessDate" | "localStart">;

/** Local times as texts; the rows of one time follow each other. */
class LocalTimes {
  #ms = Number.NaN;
  #last: LocalTime = { businessDate: "", localStart: "" };

  at(ms: number): LocalTime {
    if (ms === this.#ms) return this.#last;
    const localStart = new Date(ms).toISOString().slice(0, 19);
    this.#ms = ms;
    this.#last = { businessDate: localStart.slice(0, 10), localStart };
    return this.#last;
  }
}
