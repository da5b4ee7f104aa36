import { addDays, type DateRange, splitRange } from "../../calendar.ts";
import type { Context, History } from "../../forecast/port.ts";
import { groupBy, portionsOf } from "../../group-by.ts";
import type { DayNote } from "../../quality/panel.ts";
import type { Registry } from "../../registry/registry.ts";
import type { StoreInfo, TrafficRow, TrafficStore } from "../../warehouse/port.ts";
import { calendarOf } from "../calendar-notes.ts";
import { type PlaceSeries, placeHistory } from "./place-history.ts";

/** Two years and what a season before last year's holidays needs. */
export const HISTORY_DAYS = 800;
/** Stores that learn from each other, of one tenant. */
const STORES_PER_GROUP = 25;
/** What one read brings into memory. */
const DAYS_PER_READ = 62;

/** Stores of one tenant and one time zone that learn together. */
export interface StoreGroup {
  /** `tenant-number`: names its artefacts. */
  readonly name: string;
  readonly stores: readonly StoreInfo[];
}

/** Every store belongs to the same group however few of them are asked for, until stores come or go. */
export function groupsOf(all: readonly StoreInfo[]): readonly StoreGroup[] {
  return [...groupBy(all, ({ tenant }) => tenant)].flatMap(([tenant, stores]) => {
    const sorted = [...stores].sort((a, b) => (a.store < b.store ? -1 : 1));
    const portions = [...groupBy(sorted, ({ timeZone }) => timeZone).values()].flatMap((own) =>
      portionsOf(own, STORES_PER_GROUP),
    );
    return portions.map((portion, at) => ({ name: `${tenant}-${at + 1}`, stores: portion }));
  });
}

/** A place of a store, and where it stands in the history. */
export interface GroupPlace extends PlaceSeries {
  readonly store: StoreInfo;
  /** `store/place`, the name of its series. */
  readonly name: string;
}

export interface GroupHistory {
  readonly places: readonly GroupPlace[];
  /** By place, the name of the store's series that it is a part of; undefined for a store, and for a line of a store without one. */
  readonly parents: readonly (string | undefined)[];
  readonly history: History;
  readonly context: Context;
}

export interface GroupInput {
  readonly warehouse: Pick<TrafficStore, "traffic">;
  readonly registry: Registry;
  readonly stores: readonly StoreInfo[];
  /** The last date that is over. */
  readonly last: string;
  /** Dates behind it of which the calendar must know. */
  readonly horizonDays: number;
  readonly signal: AbortSignal;
  /** Default: `HISTORY_DAYS`. */
  readonly days?: number;
}

/** The clean hours of stores up to a date, and their calendars; undefined where nobody came ever. */
export async function groupHistory(input: GroupInput): Promise<GroupHistory | undefined> {
  const { stores, registry, last, horizonDays, days = HISTORY_DAYS } = input;
  const range = { from: addDays(last, 1 - days), to: last };
  const places: GroupPlace[] = [];
  for (const store of stores) {
    const rows = await hoursOf(input, store, range);
    for (const own of placeHistory({ rows, range, doors: outerDoors(registry, store) }))
      places.push({ ...own, store, name: `${store.store}/${own.place}` });
  }
  const first = firstDay(places);
  if (first === undefined) return undefined;
  const from = addDays(range.from, first);
  const calendars = new Map(
    stores.map((store) => [store, calendarOf(registry, store, { from, to: addDays(last, horizonDays) })]),
  );
  const stored = new Set(places.filter(({ place }) => place === "").map(({ store }) => store));
  return {
    places,
    parents: places.map(({ place, store }) => (place !== "" && stored.has(store) ? `${store.store}/` : undefined)),
    history: {
      ...{ step: "hour", from, days: days - first, names: places.map(({ name }) => name) },
      values: places.map(({ values }) => values.slice(first * HOURS)),
      certainty: places.map(({ certainty }) => certainty.slice(first * HOURS)),
    },
    context: { calendars: places.map(({ store }) => calendars.get(store) ?? new Map<string, DayNote>()) },
  };
}

const HOURS = 24;

/** Doors of the registry by which people come in from outside, with what counts each. */
export function outerDoors(registry: Registry, store: StoreInfo): ReadonlyMap<string, readonly string[]> {
  return new Map(
    registry.doorList(store).flatMap(({ name, targets, isInner }) => (isInner ? [] : [[name, targets] as const])),
  );
}

/** Days before anybody counted are left out: most stores are younger than two years. */
function firstDay(places: readonly GroupPlace[]): number | undefined {
  const firsts = places.map(({ values }) => values.findIndex(Number.isFinite)).filter((slot) => slot >= 0);
  return firsts.length === 0 ? undefined : Math.floor(Math.min(...firsts) / HOURS);
}

/** The hourly rows of a store, some weeks at a time. */
export async function hoursOf(
  { warehouse, signal }: Pick<GroupInput, "warehouse" | "signal">,
  store: StoreInfo,
  range: DateRange,
): Promise<readonly TrafficRow[]> {
  const rows: TrafficRow[] = [];
  for (const part of splitRange(range, DAYS_PER_READ))
    rows.push(...(await warehouse.traffic(store, part, "hour", { isExport: true, signal })));
  return rows;
}
