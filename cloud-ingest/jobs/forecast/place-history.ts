import { type DateRange, daysIn } from "../../calendar.ts";
import type { TrafficRow } from "../../warehouse/port.ts";
import { slotOf, storePanel } from "../quality/store-panel.ts";

const SLOTS_PER_DAY = 24;
/** How far a repaired hour is believed beside one that was counted. */
const REPAIRED = 0.5;

/** What comes in at one place, by local hour. */
export interface PlaceSeries {
  /** Door of the registry, or `device/camera/line` where it names none; empty: the store. */
  readonly place: string;
  /** People in; NaN where nobody knows. */
  readonly values: Float64Array;
  /** 0..1 by hour: repaired hours less than counted ones. */
  readonly certainty: Float32Array;
}

export interface PlaceHistoryInput {
  /** Clean hours. */
  readonly rows: readonly TrafficRow[];
  readonly range: DateRange;
  /** Outer doors of the registry: `device/camera/line` of each. */
  readonly doors: ReadonlyMap<string, readonly string[]>;
}

/**
 * Who comes in by hour, at each door and in the store. Without doors in the registry each line stands by itself, and the store is told only
 * where it has one line: two may count the same people. A line counts as 0 before its first hour and behind its last.
 */
export function placeHistory({ rows, range, doors }: PlaceHistoryInput): readonly PlaceSeries[] {
  const lines = linesOf(rows, range);
  if (lines.size === 0) return [];
  const named = [...doors].filter(([, targets]) => targets.some((target) => lines.has(target)));
  const places = named.length > 0 ? named : [...lines.keys()].map((target) => [target, [target]] as const);
  const isWhole = named.length > 0 || places.length === 1;
  const all = places.map(([place, targets]) => ({ place, ...sumOf(lines, targets, range) }));
  const store = { place: "", ...sumOf(lines, [...new Set(places.flatMap(([, targets]) => targets))], range) };
  if (!isWhole) return all;
  return all.length === 1 ? [store] : [store, ...all];
}

interface Line {
  readonly values: Float64Array;
  readonly isRepaired: Uint8Array;
  readonly from: number;
  readonly to: number;
}

function linesOf(rows: readonly TrafficRow[], range: DateRange): ReadonlyMap<string, Line> {
  const { series, panel } = storePanel({ rows, range, notes: new Map(), neighbours: [] });
  const lines = new Map<string, Line>();
  series.forEach(({ deviceId, cameraId, targetKind, targetId, measure, from, to }, index) => {
    const values = panel.values[index];
    if (targetKind !== "line" || measure !== "in" || !values) return;
    lines.set(`${deviceId}/${cameraId}/${targetId}`, { values, isRepaired: new Uint8Array(values.length), from, to });
  });
  for (const row of rows) {
    const line = lines.get(`${row.deviceId}/${row.cameraId}/${row.targetId}`);
    const slot = slotOf(range, row.localStart);
    if (line && row.quality?.kind === "repaired" && slot >= 0) line.isRepaired[slot] = 1;
  }
  return lines;
}

function sumOf(all: ReadonlyMap<string, Line>, targets: readonly string[], range: DateRange) {
  const lines = targets.flatMap((target) => all.get(target) ?? []);
  const length = daysIn(range) * SLOTS_PER_DAY;
  const [first, end] = [Math.min(...lines.map(({ from }) => from)), Math.max(...lines.map(({ to }) => to))];
  const values = new Float64Array(length).fill(Number.NaN);
  const certainty = new Float32Array(length).fill(1);
  for (let slot = first; slot < end; slot++) {
    let sum = 0;
    for (const { values: own, from, to } of lines) if (slot >= from && slot < to) sum += own[slot] ?? Number.NaN;
    values[slot] = sum;
    if (lines.some(({ isRepaired }) => isRepaired[slot] === 1)) certainty[slot] = REPAIRED;
  }
  return { values, certainty };
}

/** Part of the last dates that was counted, and part that was repaired, 0..1: what a reader must know of a forecast. */
export function basisOf(
  { values, certainty }: PlaceSeries,
  days: number,
): { readonly known: number; readonly repaired: number } {
  const from = Math.max(0, values.length - days * SLOTS_PER_DAY);
  const [recent, sure] = [values.subarray(from), certainty.subarray(from)];
  const known = recent.filter(Number.isFinite).length;
  const repaired = recent.filter((value, slot) => Number.isFinite(value) && (sure[slot] ?? 1) < 1).length;
  const share = (count: number) => Math.round((100 * count) / Math.max(1, recent.length)) / 100;
  return { known: share(known), repaired: share(repaired) };
}
