import { type DateRange, daysIn } from "../../calendar.ts";
import type { DayNote, Panel } from "../../quality/panel.ts";
import type { TrafficRow } from "../../warehouse/port.ts";

const SLOTS_PER_DAY = 24;
const DAY_MS = 86_400_000;
const HOUR_S = 3_600;

/** The numbers that are judged: those of lines and of zones. */
const MEASURES = { line: ["in", "out"], zone: ["visits"] } as const;
export type Measure = "in" | "out" | "visits";

/** One number of one line or zone. */
export interface StoreSeries extends Pick<TrafficRow, "deviceId" | "cameraId" | "targetKind" | "targetId"> {
  readonly measure: Measure;
  /** Slots from the first to behind the last in which it was watched. */
  readonly from: number;
  readonly to: number;
}

export interface StorePanel {
  readonly panel: Panel;
  /** Those of the store itself, which come first in the panel; behind them stand neighbours. */
  readonly series: readonly StoreSeries[];
}

/** What another store counted, by slot of the same range. */
export interface Neighbour {
  readonly name: string;
  readonly values: Float64Array;
}

export interface StorePanelInput {
  readonly rows: readonly TrafficRow[];
  readonly range: DateRange;
  readonly notes: ReadonlyMap<string, DayNote>;
  readonly neighbours: readonly Neighbour[];
  /** What counts each door of the store, `device/camera/target`; left out, nobody says. */
  readonly doors?: readonly (readonly string[])[];
}

/** Hourly rows of a store as series on one grid; hours without a row, or in which nobody watched and nobody was counted, are not known. */
export function storePanel({ rows, range, notes, neighbours, doors = [] }: StorePanelInput): StorePanel {
  const length = daysIn(range) * SLOTS_PER_DAY;
  const found = new Map<string, Found>();
  for (const row of rows) {
    const slot = slotOf(range, row.localStart);
    if (slot < 0 || slot >= length || !isSeen(row)) continue;
    for (const measure of MEASURES[row.targetKind]) note(found, { row, measure, slot, length });
  }
  const own = [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  const others = neighbours.filter(({ name }) => !found.has(name));
  return {
    series: own.map(({ series, from, to }) => ({ ...series, from, to })),
    panel: {
      ...{ step: "hour", from: range.from, days: daysIn(range), notes },
      sameDevice: matesOf(own, (a, b) => a.deviceId === b.deviceId),
      sameDoor: matesOf(own, (a, b) => a.deviceId !== b.deviceId && countOneDoor(doors, a, b)),
      names: [...own.map(({ name }) => name), ...others.map(({ name }) => name)],
      values: [...own.map(({ values }) => values), ...others.map(({ values }) => values)],
      coverage: [...own.map(({ coverage }) => coverage), ...others.map(() => undefined)],
    },
  };
}

type Target = Found["series"];

function matesOf(own: readonly Found[], areMates: (a: Target, b: Target) => boolean): Map<string, readonly string[]> {
  const of = (one: Found) => own.filter((other) => other !== one && areMates(one.series, other.series));
  return new Map(own.map((one) => [one.name, of(one).map(({ name }) => name)]));
}

/** The same way through it: who comes in at one of its lines does so at the other, and a zone holds both. */
function countOneDoor(doors: readonly (readonly string[])[], a: Target, b: Target): boolean {
  const isSameWay = a.measure === b.measure || a.measure === "visits" || b.measure === "visits";
  return isSameWay && doors.some((targets) => targets.includes(targetOf(a)) && targets.includes(targetOf(b)));
}

const targetOf = ({ deviceId, cameraId, targetId }: Target) => `${deviceId}/${cameraId}/${targetId}`;

/** What went into a store, over all its lines, by slot: what a neighbour's counts are set beside. */
export function totalOf(rows: readonly TrafficRow[], range: DateRange): Float64Array {
  const total = new Float64Array(daysIn(range) * SLOTS_PER_DAY).fill(Number.NaN);
  for (const row of rows) {
    const slot = slotOf(range, row.localStart);
    if (slot >= 0 && slot < total.length && isSeen(row))
      total[slot] = (Number.isNaN(total[slot]) ? 0 : (total[slot] ?? 0)) + row.in + row.visits;
  }
  return total;
}

/** The local hour of a slot, `YYYY-MM-DDTHH:00:00`. */
export function localOfSlot({ from }: Pick<DateRange, "from">, slot: number): string {
  return new Date(Date.parse(from) + slot * HOUR_S * 1_000).toISOString().slice(0, 19);
}

/** The slot of a local time, by the hands of a clock. */
export function slotOf({ from }: Pick<DateRange, "from">, local: string): number {
  const hour = Number(local.slice(11, 13));
  return Math.round((Date.parse(local.slice(0, 10)) - Date.parse(from)) / DAY_MS) * SLOTS_PER_DAY + hour;
}

interface Found {
  readonly name: string;
  readonly series: Omit<StoreSeries, "from" | "to">;
  readonly values: Float64Array;
  readonly coverage: Float32Array;
  from: number;
  to: number;
}

interface Cell {
  readonly row: TrafficRow;
  readonly measure: Measure;
  readonly slot: number;
  readonly length: number;
}

/** An hour that the clock shows twice holds the sum. */
function note(found: Map<string, Found>, { row, measure, slot, length }: Cell): void {
  const { deviceId, cameraId, targetKind, targetId } = row;
  const name = `${deviceId}/${cameraId}/${targetKind}/${targetId}/${measure}`;
  const one = found.get(name) ?? {
    ...{ name, series: { deviceId, cameraId, targetKind, targetId, measure }, from: slot, to: slot },
    values: new Float64Array(length).fill(Number.NaN),
    coverage: new Float32Array(length).fill(Number.NaN),
  };
  found.set(name, one);
  const before = one.values[slot] ?? Number.NaN;
  one.values[slot] = (Number.isNaN(before) ? 0 : before) + row[measure];
  one.coverage[slot] = Math.min(1, row.observedS / Math.max(1, row.spanS));
  one.from = Math.min(one.from, slot);
  one.to = Math.max(one.to, slot + 1);
}

const isSeen = (row: TrafficRow) => row.observedS > 0 || row.in + row.out + row.visits > 0;
