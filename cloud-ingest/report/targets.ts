import type { TrafficRow } from "../warehouse/port.ts";

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

/** Lines, then zones, each by name; the newest name counts, and a name used twice also tells its camera. */
export function targetsOf(rows: readonly TrafficRow[]): readonly Target[] {
  const newest = newestRows(rows);
  const targets = newest.map((row) => ({
    key: targetKeyOf(row),
    camera: cameraKeyOf(row),
    kind: row.targetKind,
    name: isShared(row, newest) ? `${row.targetName} (${cameraKeyOf(row)})` : row.targetName,
  }));
  return targets.sort((a, b) => a.kind.localeCompare(b.kind) || a.name.localeCompare(b.name, "ja", { numeric: true }));
}

function newestRows(rows: readonly TrafficRow[]): readonly TrafficRow[] {
  const newest = new Map<string, TrafficRow>();
  for (const row of rows) {
    const known = newest.get(targetKeyOf(row));
    if (!known || row.localStart >= known.localStart) newest.set(targetKeyOf(row), row);
  }
  return [...newest.values()];
}

function isShared(row: TrafficRow, rows: readonly TrafficRow[]): boolean {
  return rows.some(
    (other) => other !== row && other.targetKind === row.targetKind && other.targetName === row.targetName,
  );
}
