import type { Clock } from "../../../firmware-config/kit/clock.ts";
import { addDays, type DateRange } from "../../calendar.ts";
import { createClusterThread } from "../../cluster/cluster-thread.ts";
import { isOrdinary } from "../../cluster/profile.ts";
import type { ClusterReport, Previous } from "../../cluster/report.ts";
import type { JobsConfig } from "../../config.ts";
import { groupBy } from "../../group-by.ts";
import type { Panel } from "../../quality/panel.ts";
import type { Registry } from "../../registry/registry.ts";
import { cleanTraffic } from "../../warehouse/clean-traffic.ts";
import type { DerivedRow, DerivedStore } from "../../warehouse/derived-port.ts";
import type { StoreInfo, TrafficStore } from "../../warehouse/port.ts";
import { zoneOf } from "../../zone/rules.ts";
import { scheduleOf } from "../cron.ts";
import { type GroupHistory, type GroupPlace, groupHistory } from "../forecast/groups.ts";
import { type Job, type JobWish, type StepResult, storesOf } from "../job.ts";

export const CLUSTER = "cluster";

/** Half a year: a habit of a season, and enough weeks for two halves. */
const DAYS = 182;
/** How far back the run before is looked for. */
const PREVIOUS_DAYS = 35;

export interface ClusterParts {
  readonly config: JobsConfig;
  readonly stores: readonly StoreInfo[];
  readonly warehouse: TrafficStore & DerivedStore;
  readonly registry: () => Promise<Registry>;
  readonly clock: Clock;
  /** Makes the thread that clusters; default: one of its own. */
  readonly clusterThread?: () => ClusterThread;
}

export type ClusterThread = Pick<ReturnType<typeof createClusterThread>, "ask" | "close">;

/** Finds stores of a tenant, and doors of all its stores, whose weeks are alike. One step for a tenant: all of it is compared. */
export function clusterJob(parts: ClusterParts): Job {
  const { config, stores, warehouse, clock, clusterThread = createClusterThread } = parts;
  return {
    ...{ name: CLUSTER, description: "stores and doors whose weeks are alike" },
    ...{ lane: "long", stepTimeoutS: 3_600, retries: 1 },
    schedule: scheduleOf("jobs.cluster", config.cluster),
    plan: async (wish) => {
      const tenants = new Set(storesOf(stores, wish).map(({ tenant }) => tenant));
      const registry = await parts.registry();
      const thread = clusterThread();
      const groups = [...groupBy(stores, ({ tenant }) => tenant)].filter(([tenant]) => tenants.has(tenant));
      return {
        details: { tenants: groups.length },
        steps: groups.map(([tenant, own]) => ({
          key: tenant,
          run: (signal) =>
            clusterTenant({ warehouse, registry, thread, last: lastOf(own, clock, wish), stores: own, signal }),
        })),
        finish: () => thread.close(),
      };
    },
  };
}

/** The last date that is over everywhere; by hand the last one asked for. */
function lastOf(stores: readonly StoreInfo[], clock: Clock, { to }: JobWish): string {
  const ended = stores.map(({ timeZone }) => addDays(zoneOf(timeZone).date(clock.nowMs()), -1)).sort();
  return to ?? ended[0] ?? "";
}

interface TenantWork {
  readonly warehouse: TrafficStore & DerivedStore;
  readonly registry: Registry;
  readonly thread: ClusterThread;
  readonly stores: readonly StoreInfo[];
  readonly last: string;
  readonly signal: AbortSignal;
}

async function clusterTenant(work: TenantWork): Promise<StepResult> {
  const { warehouse, stores, last } = work;
  const read = { ...work, warehouse: cleanTraffic(warehouse), horizonDays: 0, days: DAYS };
  const known: GroupHistory[] = [];
  for (const store of stores) {
    const own = await groupHistory({ ...read, stores: [store] });
    if (own) known.push(own);
  }
  const before = await previousOf(work);
  const isStore = ({ place }: GroupPlace) => place === "";
  const range = { from: addDays(last, 1 - DAYS), to: last };
  const rows: DerivedRow[] = [];
  for (const isAsked of [isStore, (place: GroupPlace) => !isStore(place)])
    rows.push(...(await clustered(work, known, { isAsked, before, range })));
  await warehouse.replaceDerived(
    CLUSTER,
    stores.map((store) => ({ store, dates: [last] })),
    rows,
  );
  return { counts: { clustered: rows.length, moved: rows.filter(({ movedFrom }) => movedFrom !== null).length } };
}

interface Asked {
  readonly isAsked: (place: GroupPlace) => boolean;
  /** By `store/place`, the cluster of the run before. */
  readonly before: ReadonlyMap<string, number>;
  readonly range: DateRange;
}

/** Places with a calendar of their own each: what is special at one is no reason to leave out a date of another. */
async function clustered(
  { thread, signal }: TenantWork,
  known: readonly GroupHistory[],
  { isAsked, before, range }: Asked,
): Promise<readonly DerivedRow[]> {
  const places = known.flatMap((own) =>
    own.places
      .map((place, index) => ({ place, values: ordinary(own, index, range) }))
      .filter(({ place }) => isAsked(place)),
  );
  if (places.length === 0) return [];
  const panel: Panel = {
    ...{ step: "hour", from: range.from, days: DAYS, notes: new Map() },
    names: places.map(({ place }) => place.name),
    values: places.map(({ values }) => values),
  };
  const previous: Previous = {
    of: "series",
    series: places.flatMap(({ place }) => {
      const cluster = before.get(place.name);
      return cluster === undefined ? [] : [{ series: place.name, cluster, silhouette: 0, distance: 0, isOdd: false }];
    }),
  };
  const report = await thread.ask({ panel, previous }, signal);
  const byName = new Map(places.map(({ place }) => [place.name, place]));
  return report.series.flatMap((row) => {
    const place = byName.get(row.series);
    return place ? [rowOf(place, report, { ...row, businessDate: range.to })] : [];
  });
}

/** Hours of ordinary dates on the grid of the range; NaN for all others. */
function ordinary({ history, context }: GroupHistory, index: number, range: DateRange): Float64Array {
  const values = new Float64Array(DAYS * 24).fill(Number.NaN);
  const first = Math.round((Date.parse(history.from) - Date.parse(range.from)) / 86_400_000);
  for (let day = 0; day < history.days; day++) {
    if (!isOrdinary(context.calendars[index]?.get(addDays(history.from, day)))) continue;
    const hours = history.values[index]?.subarray(day * 24, (day + 1) * 24) ?? [];
    values.set(hours, (first + day) * 24);
  }
  return values;
}

type Member = ClusterReport["series"][number] & { readonly businessDate: string };

function rowOf({ store, place }: GroupPlace, report: ClusterReport, member: Member): DerivedRow {
  const cluster = report.clusters.find(({ id }) => id === member.cluster);
  const moved = report.moved.find(({ series }) => series === member.series);
  return {
    ...{ tenant: store.tenant, store: store.store, businessDate: member.businessDate, place, cluster: member.cluster },
    ...{ nameEn: cluster?.name.en ?? "", nameJa: cluster?.name.ja ?? "", clusters: report.k },
    ...{ silhouette: member.silhouette, distance: member.distance, isOdd: member.isOdd ? 1 : 0 },
    ...{ splitHalf: report.splitHalf ?? null, movedFrom: moved?.from ?? null },
  };
}

/** The newest run before this one. */
async function previousOf({ warehouse, stores, last }: TenantWork): Promise<ReadonlyMap<string, number>> {
  const range = { from: addDays(last, -PREVIOUS_DAYS), to: addDays(last, -1) };
  const all: DerivedRow[] = [];
  for (const store of stores) all.push(...(await warehouse.derived(CLUSTER, store, range)));
  const newest = all
    .map(({ businessDate }) => String(businessDate))
    .sort()
    .at(-1);
  const own = all.filter(({ businessDate }) => businessDate === newest);
  return new Map(own.map(({ store, place, cluster }) => [`${store}/${place}`, Number(cluster)]));
}
