import type { Clock } from "../../../firmware-config/kit/clock.ts";
import { AppError, messageOf } from "../../../firmware-config/kit/errors.ts";
import type { Log } from "../../../firmware-config/kit/log.ts";
import { addDays, type DateRange, datesOf } from "../../calendar.ts";
import { createClusterThread } from "../../cluster/cluster-thread.ts";
import type { JobsConfig } from "../../config.ts";
import { groupBy, portionsOf } from "../../group-by.ts";
import type { Registry } from "../../registry/registry.ts";
import { cleanTraffic } from "../../warehouse/clean-traffic.ts";
import type { DerivedRow, DerivedStore } from "../../warehouse/derived-port.ts";
import type { StoreDates, StoreInfo, TrafficStore } from "../../warehouse/port.ts";
import { zoneOf } from "../../zone/rules.ts";
import { scheduleOf } from "../cron.ts";
import { type Job, type JobWish, type StepResult, type StoreFailure, storesOf } from "../job.ts";
import { type Alike, alikeRows, keyOfPlace } from "./alike.ts";
import { dayKindRows } from "./day-kinds.ts";
import { type StoreHours, storeHours } from "./store-hours.ts";

export const CLUSTER = "cluster";
const DAY_KIND = "day_kind";

/** Half a year: a habit of a season, and enough weeks for two halves. */
const DAYS = 182;
/** How far back the run before is looked for. */
const PREVIOUS_DAYS = 35;
/** Whatever dates a store may have. */
const EVER: DateRange = { from: "1970-01-01", to: "2499-12-31" };
/** Stores whose kinds of days are written at once: one statement each time on BigQuery. */
const STORES_AT_ONCE = 10;

export interface ClusterParts {
  readonly config: JobsConfig;
  readonly stores: readonly StoreInfo[];
  readonly warehouse: TrafficStore & DerivedStore;
  readonly registry: () => Promise<Registry>;
  readonly clock: Clock;
  readonly log: Log;
  /** Makes the thread that clusters; default: one of its own. */
  readonly clusterThread?: () => ClusterThread;
}

export type ClusterThread = Pick<ReturnType<typeof createClusterThread>, "ask" | "close">;

/**
 * Finds stores of a tenant, doors of all its stores, and zones of each store whose weeks are alike, and the kinds of days of each store. One
 * step for a tenant: all of it is compared.
 */
export function clusterJob(parts: ClusterParts): Job {
  const { config, stores, warehouse, clock, log, clusterThread = createClusterThread } = parts;
  return {
    ...{ name: CLUSTER, description: "stores, doors and zones whose weeks are alike, and kinds of days" },
    ...{ lane: "long", stepTimeoutS: 3_600, retries: 1 },
    schedule: scheduleOf("jobs.cluster", config.cluster),
    plan: async (wish) => {
      const tenants = new Set(storesOf(stores, wish).map(({ tenant }) => tenant));
      const groups = [...groupBy(stores, ({ tenant }) => tenant)]
        .filter(([tenant]) => tenants.has(tenant))
        .map(([tenant, own]) => ({ tenant, stores: own, ...datesOfRun(own, clock, wish) }));
      const registry = await parts.registry();
      const thread = clusterThread();
      return {
        details: { tenants: groups.length },
        steps: groups.map(({ tenant, ...own }) => ({
          key: tenant,
          run: (signal) => clusterTenant({ warehouse, registry, thread, log, ...own, signal }),
        })),
        finish: () => thread.close(),
      };
    },
  };
}

interface RunDates {
  /** The last date that is over in every store. */
  readonly over: string;
  /** The last date that the run looks at: `over`, by hand the one asked for. */
  readonly last: string;
}

/** Throws `AppError` where a date is asked for that is not over in every store. */
function datesOfRun(stores: readonly StoreInfo[], clock: Clock, { to }: JobWish): RunDates {
  const ended = stores.map(({ timeZone }) => addDays(zoneOf(timeZone).date(clock.nowMs()), -1)).sort();
  const [over = ""] = ended;
  if (to === undefined || to <= over) return { over, last: to ?? over };
  throw new AppError(`The job ${CLUSTER} cannot run to ${to}: the last date over in ${stores[0]?.tenant} is ${over}`, {
    code: "USAGE",
    hint: `Give a date up to ${over}, or none.`,
  });
}

interface TenantWork extends RunDates {
  readonly warehouse: TrafficStore & DerivedStore;
  readonly registry: Registry;
  readonly thread: ClusterThread;
  readonly log: Log;
  readonly stores: readonly StoreInfo[];
  readonly signal: AbortSignal;
}

async function clusterTenant(work: TenantWork): Promise<StepResult> {
  const { warehouse, stores, last, log } = work;
  const range = { from: addDays(last, 1 - DAYS), to: last };
  const tools: StoreTools = { ...work, range, clean: cleanTraffic(warehouse), before: await previousOf(work) };
  const { done, failures } = await clusterStores(tools);
  const { rows, leftOut } = await writeAlike(tools, done);
  const thoseOf = (kinds: StoreDone["kindsAre"]) =>
    done.filter(({ kindsAre }) => kindsAre === kinds).map(({ lines }) => lines.store.store);
  const [without, newer] = [thoseOf("none"), thoseOf("newer")];
  const tenant = stores[0]?.tenant;
  if (without.length > 0) log.info({ tenant, stores: without }, "stores with too few whole days have no kinds of days");
  if (newer.length > 0)
    log.info({ tenant, stores: newer, last }, "stores keep kinds of days of a later run than the date asked for");
  if (leftOut.length > 0)
    log.info({ tenant, leftOut: tallied(leftOut) }, "places without a usual week are in no cluster");
  const counts = {
    ...{
      clustered: rows.length,
      leftOut: leftOut.length,
      moved: rows.filter(({ movedFrom }) => movedFrom !== null).length,
    },
    ...{ withKinds: thoseOf("found").length, withoutKinds: without.length, keptKinds: newer.length },
  };
  return { counts, ...(failures.length > 0 && { failures }) };
}

const tallied = (reasons: readonly string[]) =>
  Object.fromEntries([...groupBy(reasons, (reason) => reason)].map(([reason, those]) => [reason, those.length]));

/** What is of each store alone. One that fails is told and keeps the rows that it has; where all do, it is no store's fault. */
async function clusterStores(tools: StoreTools) {
  const done: StoreDone[] = [];
  const failures: StoreFailure[] = [];
  for (const some of portionsOf(tools.stores, STORES_AT_ONCE)) {
    const work: StoreDates[] = [];
    const rows: DerivedRow[] = [];
    for (const store of some) {
      const one = await tried(tools, store);
      if ("reason" in one) {
        failures.push(one);
        continue;
      }
      const { kinds, dates, ...kept } = one;
      done.push(kept);
      if (kept.kindsAre === "newer") continue;
      work.push({ store, dates });
      rows.push(...kinds);
    }
    if (work.length > 0) await tools.warehouse.replaceDerived(DAY_KIND, work, rows);
  }
  const [first] = failures;
  if (first && done.length === 0) throw new Error(first.reason);
  return { done, failures };
}

interface StoreTools extends TenantWork {
  readonly range: DateRange;
  readonly clean: TrafficStore;
  readonly before: ReadonlyMap<string, number>;
}

/** What is kept of a store until all can be compared. */
interface StoreDone {
  /** Without zones, which are compared within the store. */
  readonly lines: StoreHours;
  readonly zones: Alike;
  /** `newer`: those of a later run stay. */
  readonly kindsAre: "found" | "none" | "newer";
}

interface StoreKinds {
  /** All dates that the store has give way to those of this run, so that no two runs stand side by side. */
  readonly dates: readonly string[];
  readonly kinds: readonly DerivedRow[];
}

async function tried(tools: StoreTools, store: StoreInfo): Promise<(StoreDone & StoreKinds) | StoreFailure> {
  tools.signal.throwIfAborted();
  try {
    return await clusterStore(tools, store);
  } catch (error) {
    tools.signal.throwIfAborted();
    return { tenant: store.tenant, store: store.store, reason: messageOf(error) };
  }
}

async function clusterStore(tools: StoreTools, store: StoreInfo): Promise<StoreDone & StoreKinds> {
  const { warehouse, clean, registry, range, signal } = tools;
  const hours = await storeHours({ warehouse: clean, registry, store, range, signal });
  const zones = await alikeRows(tools, [hours], "zone");
  const before = await warehouse.derived(DAY_KIND, store, EVER, { isExport: true, signal });
  const isNewer = hasNewer(before, tools);
  const kinds = isNewer ? [] : await dayKindRows({ ...tools, before }, hours);
  const kindsAre = isNewer ? "newer" : kinds.length > 0 ? "found" : "none";
  const dates = new Set([...before.map(({ businessDate }) => String(businessDate)), ...datesOf(range)]);
  const lines = { ...hours, places: hours.places.filter(({ level }) => level !== "zone") };
  return { lines, zones, kindsAre, kinds, dates: [...dates] };
}

/** Whether a run of a later date has been. A date that is not over yet can be no run's: such rows give way. */
function hasNewer(rows: readonly DerivedRow[], { last, over }: RunDates): boolean {
  return rows.some((row) =>
    [row.runDate, row.businessDate].some((date) => String(date) > last && String(date) <= over),
  );
}

async function writeAlike(tools: StoreTools, done: readonly StoreDone[]): Promise<Alike> {
  const lines = done.map((one) => one.lines);
  const all = [await alikeRows(tools, lines, "store"), await alikeRows(tools, lines, "door")];
  all.push(...done.map(({ zones }) => zones));
  const rows = all.flatMap((one) => one.rows);
  const dates = [tools.range.to];
  await tools.warehouse.replaceDerived(
    CLUSTER,
    lines.map(({ store }) => ({ store, dates })),
    rows,
  );
  return { rows, leftOut: all.flatMap((one) => one.leftOut) };
}

/** The newest run before this one: of the tenant, and for zones of their store, which may have failed in that one. */
async function previousOf({ warehouse, stores, last }: TenantWork): Promise<ReadonlyMap<string, number>> {
  const range = { from: addDays(last, -PREVIOUS_DAYS), to: addDays(last, -1) };
  const lines: DerivedRow[] = [];
  const zones: DerivedRow[] = [];
  for (const store of stores) {
    const own = await warehouse.derived(CLUSTER, store, range);
    lines.push(...own.filter(({ level }) => level !== "zone"));
    zones.push(...newest(own.filter(({ level }) => level === "zone")));
  }
  return new Map([...newest(lines), ...zones].map((row) => [previousKey(row), Number(row.cluster)]));
}

function newest(rows: readonly DerivedRow[]): readonly DerivedRow[] {
  const dates = rows.map(({ businessDate }) => String(businessDate)).sort();
  return rows.filter(({ businessDate }) => businessDate === dates.at(-1));
}

/** Rows of before zones were clustered have no level. */
function previousKey({ level, store, place }: DerivedRow): string {
  const told = level === "store" || level === "door" || level === "zone" ? level : place === "" ? "store" : "door";
  return keyOfPlace(told, String(store), String(place));
}
