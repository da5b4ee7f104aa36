import type { DateRange } from "../../calendar.ts";
import { isOrdinary } from "../../cluster/profile.ts";
import type { DayNote } from "../../quality/panel.ts";
import type { Registry } from "../../registry/registry.ts";
import type { StoreInfo, TrafficRow, TrafficStore } from "../../warehouse/port.ts";
import { calendarOf } from "../calendar-notes.ts";
import { hoursOf, outerDoors } from "../forecast/groups.ts";
import { type PlaceSeries, placeHistory } from "../forecast/place-history.ts";
import { storePanel } from "../quality/store-panel.ts";

export const HOURS_PER_DAY = 24;

/** What places are compared with each other. */
export type PlaceLevel = "store" | "door" | "zone";

/** Who came by hour at one place of a store. */
export interface PlaceHours extends Pick<PlaceSeries, "values" | "certainty"> {
  readonly level: PlaceLevel;
  /** Empty: the store; door of the registry, or `device/camera/target`. */
  readonly place: string;
}

/** The clean hours of a store on the grid of a range, and what its calendar says of the dates. */
export interface StoreHours {
  readonly store: StoreInfo;
  readonly calendar: ReadonlyMap<string, DayNote>;
  readonly places: readonly PlaceHours[];
}

export interface StoreWish {
  /** Of clean counts. */
  readonly warehouse: Pick<TrafficStore, "traffic">;
  readonly registry: Registry;
  readonly store: StoreInfo;
  readonly range: DateRange;
  readonly signal: AbortSignal;
}

/** The store and its doors by who comes in, its zones by who stays in them. */
export async function storeHours({ registry, store, range, ...read }: StoreWish): Promise<StoreHours> {
  const rows = await hoursOf(read, store, range);
  const lines = placeHistory({ rows, range, doors: outerDoors(registry, store) });
  const places = lines.map((one): PlaceHours => ({ ...one, level: one.place === "" ? "store" : "door" }));
  return { store, calendar: calendarOf(registry, store, range), places: [...places, ...zonesOf(rows, range)] };
}

/** Visits of a zone: the one number of zones that the quality job judges. */
function zonesOf(rows: readonly TrafficRow[], range: DateRange): readonly PlaceHours[] {
  const own = rows.filter(({ targetKind }) => targetKind === "zone");
  const { series, panel } = storePanel({ rows: own, range, notes: new Map(), neighbours: [] });
  return series.map(({ deviceId, cameraId, targetId }, index) => {
    const values = panel.values[index] ?? new Float64Array();
    const place = `${deviceId}/${cameraId}/${targetId}`;
    return { level: "zone", place, values, certainty: new Float32Array(values.length).fill(1) };
  });
}

/** Hours of ordinary dates; NaN for all others. */
export function ordinaryHours(
  values: Float64Array,
  dates: readonly string[],
  calendar: StoreHours["calendar"],
): Float64Array {
  const kept = values.slice();
  dates.forEach((date, day) => {
    if (!isOrdinary(calendar.get(date))) kept.fill(Number.NaN, day * HOURS_PER_DAY, (day + 1) * HOURS_PER_DAY);
  });
  return kept;
}
