import { type DateRange, datesOf } from "../../calendar.ts";
import type { ClusterReport } from "../../cluster/report.ts";
import type { DerivedRow } from "../../warehouse/derived-port.ts";
import type { ClusterThread } from "./cluster-job.ts";
import { ordinaryHours, type PlaceHours, type PlaceLevel, type StoreHours } from "./store-hours.ts";

export interface AlikeTools {
  readonly thread: ClusterThread;
  readonly range: DateRange;
  /** By `keyOfPlace`, the cluster of the run before. */
  readonly before: ReadonlyMap<string, number>;
  readonly signal: AbortSignal;
}

/** What a place is called in one run and the next. */
export const keyOfPlace = (level: PlaceLevel, store: string, place: string) => `${level} ${store}/${place}`;

export interface Alike {
  readonly rows: readonly DerivedRow[];
  /** Why a place has no row, one for each such place. */
  readonly leftOut: readonly string[];
}

/** Rows of `cluster` for the places of one level of these stores, compared with each other; each has the calendar of its own store. */
export async function alikeRows(
  { thread, range, before, signal }: AlikeTools,
  stores: readonly StoreHours[],
  level: PlaceLevel,
): Promise<Alike> {
  const places = stores.flatMap((one) => one.places.filter((own) => own.level === level).map((own) => ({ one, own })));
  if (places.length === 0) return { rows: [], leftOut: [] };
  const dates = datesOf(range);
  const names = places.map(({ one, own }) => keyOfPlace(level, one.store.store, own.place));
  const panel = {
    ...{ step: "hour" as const, from: range.from, days: dates.length, notes: new Map(), names },
    values: places.map(({ one, own }) => ordinaryHours(own.values, dates, one.calendar)),
  };
  const series = names.flatMap((name) => {
    const cluster = before.get(name);
    return cluster === undefined ? [] : [{ series: name, cluster, silhouette: 0, distance: 0, isOdd: false }];
  });
  const report = await thread.ask({ of: "series", panel, previous: { of: "series", series } }, signal);
  const byName = new Map(names.map((name, at) => [name, places[at]]));
  const rows = report.series.flatMap((member) => {
    const place = byName.get(member.series);
    return place ? [rowOf(place.one, place.own, { report, member, businessDate: range.to })] : [];
  });
  return { rows, leftOut: report.leftOut.map(({ reason }) => `${level}: ${reason}`) };
}

interface Member {
  readonly report: ClusterReport;
  readonly member: ClusterReport["series"][number];
  readonly businessDate: string;
}

function rowOf(
  { store }: StoreHours,
  { level, place }: PlaceHours,
  { report, member, businessDate }: Member,
): DerivedRow {
  const cluster = report.clusters.find(({ id }) => id === member.cluster);
  const moved = report.moved.find(({ series }) => series === member.series);
  return {
    ...{ tenant: store.tenant, store: store.store, businessDate, level, place, cluster: member.cluster },
    ...{ nameEn: cluster?.name.en ?? "", nameJa: cluster?.name.ja ?? "", clusters: report.k },
    ...{ silhouette: member.silhouette, distance: member.distance, isOdd: member.isOdd ? 1 : 0 },
    ...{ splitHalf: report.splitHalf ?? null, movedFrom: moved?.from ?? null },
  };
}
