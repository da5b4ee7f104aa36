import { groupBy } from "../group-by.ts";
import type { TrafficRow } from "../warehouse/port.ts";
import { lookOf, nameOf } from "./target-name.ts";

/** A line or zone of the store. */
export interface Target {
  readonly key: string;
  /** What `cameraKeyOf` says of its rows. */
  readonly camera: string;
  readonly kind: "line" | "zone";
  readonly name: string;
}

/** Identity of a row's line or zone within the store; no part of it may hold a slash. */
export function targetKeyOf(row: TrafficRow): string {
  return `${row.targetKind}/${row.deviceId}/${row.cameraId}/${row.targetId}`;
}

/** Identity of a row's camera within the store. */
export function cameraKeyOf(row: TrafficRow): string {
  return `${row.deviceId} / ${row.cameraId}`;
}

/** Lines, then zones, each by name; the newest name counts, and names that look alike also tell their camera, or that and their id. */
export function targetsOf(rows: readonly TrafficRow[]): readonly Target[] {
  const newest = newestRows(rows);
  const names = namesOf(newest);
  const targets = newest.map((row, index) => ({
    key: targetKeyOf(row),
    camera: cameraKeyOf(row),
    kind: row.targetKind,
    name: names[index] ?? row.targetId,
  }));
  const { compare } = new Intl.Collator("ja", { numeric: true });
  return targets.sort((a, b) => compare(a.kind, b.kind) || compare(a.name, b.name));
}

/** The rows of the lines and zones that counted most, and how many more there are. */
export function mostCounted(
  rows: readonly TrafficRow[],
  most: number,
): { readonly keys: ReadonlySet<string>; readonly left: number } {
  const counted = new Map<string, number>();
  for (const row of rows) {
    const key = targetKeyOf(row);
    counted.set(key, (counted.get(key) ?? 0) + row.in + row.out + row.visits);
  }
  const ranked = [...counted].sort(([, a], [, b]) => b - a).map(([key]) => key);
  return { keys: new Set(ranked.slice(0, most)), left: Math.max(0, ranked.length - most) };
}

function newestRows(rows: readonly TrafficRow[]): readonly TrafficRow[] {
  const newest = new Map<string, TrafficRow>();
  for (const row of rows) {
    const known = newest.get(targetKeyOf(row));
    if (!known || row.localStart >= known.localStart) newest.set(targetKeyOf(row), row);
  }
  return [...newest.values()];
}

const withCamera = (row: TrafficRow) => `${nameOf(row)} (${cameraKeyOf(row)})`;
const withId = (row: TrafficRow) => `${nameOf(row)} (${cameraKeyOf(row)} / ${row.targetId})`;

/** In the order of the rows. The last round is for a name that imitates what the rounds before made of another. */
function namesOf(rows: readonly TrafficRow[]): readonly string[] {
  return [withCamera, withId, withId].reduce((names, longer) => {
    const looks = rows.map((row, index) => `${row.targetKind} ${lookOf(names[index] ?? "")}`);
    const alike = groupBy(looks, (look) => look);
    return rows.map((row, index) =>
      (alike.get(looks[index] ?? "")?.length ?? 0) > 1 ? longer(row) : (names[index] ?? ""),
    );
  }, rows.map(nameOf));
}
