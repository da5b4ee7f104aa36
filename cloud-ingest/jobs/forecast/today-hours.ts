import type { TrafficRow } from "../../warehouse/port.ts";

const HOURS = 24;
const HOUR_S = 3_600;

/** What a place has counted of a date under way. */
export interface TodayHours {
  /** People in by hour, as far as `seen` says. */
  readonly counted: Float64Array;
  /** Part of each hour that every line of the place has watched, 0..1: estimates and gaps are not seen. */
  readonly seen: Float64Array;
}

/** Clean hours of the last days, today's among them: a line that has not counted today is missed by that. */
export function todayHours(
  rows: readonly TrafficRow[],
  date: string,
  targets: readonly string[] | undefined,
): TodayHours {
  const lines = rows.filter(({ targetKind }) => targetKind === "line");
  const known = new Set(lines.map(keyOf));
  const own = new Set(targets === undefined ? known : targets.filter((target) => known.has(target)));
  const counted = new Float64Array(HOURS);
  const watched = new Map([...own].map((target) => [target, new Float64Array(HOURS)]));
  for (const row of lines) {
    const hours = watched.get(keyOf(row));
    if (!hours || row.businessDate !== date) continue;
    const hour = Number(row.localStart.slice(11, 13));
    if (row.quality?.kind === "repaired" || row.quality?.kind === "lost") continue;
    counted[hour] = (counted[hour] ?? 0) + row.in;
    hours[hour] = (hours[hour] ?? 0) + row.observedS / HOUR_S;
  }
  const seen = Float64Array.from({ length: HOURS }, (_, hour) =>
    own.size === 0 ? 0 : Math.min(1, ...[...watched.values()].map((hours) => hours[hour] ?? 0)),
  );
  return { counted, seen };
}

/** Until when a date was counted without a gap of its last hour, `YYYY-MM-DDTHH:MM:00`. */
export function countedUntil(date: string, { seen }: TodayHours): string {
  const hour = seen.findLastIndex((part) => part > 0);
  const minutes = (hour + 1) * 60 - Math.round(60 * (1 - (seen[hour] ?? 0)));
  const clock = [Math.floor(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, "0")).join(":");
  return minutes >= HOURS * 60 ? `${date}T23:59:59` : `${date}T${clock}:00`;
}

const keyOf = ({ deviceId, cameraId, targetId }: TrafficRow) => `${deviceId}/${cameraId}/${targetId}`;
