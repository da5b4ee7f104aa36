import { storeKey } from "../../../firmware-config/contract/topics.ts";
import { messageOf } from "../../../firmware-config/kit/errors.ts";
import { addDays, datesOf } from "../../calendar.ts";
import type { TodayStage } from "../../forecast/port.ts";
import { type ForecastNode, reconcile } from "../../forecast/reconcile.ts";
import { type DateHours, updateToday } from "../../forecast/today.ts";
import { groupBy, portionsOf } from "../../group-by.ts";
import { rounded } from "../../quality/expectation/numbers.ts";
import type { Registry } from "../../registry/registry.ts";
import { cleanTraffic } from "../../warehouse/clean-traffic.ts";
import type { DerivedRow } from "../../warehouse/derived-port.ts";
import type { StoreDates, StoreInfo, TrafficRow } from "../../warehouse/port.ts";
import { zoneOf } from "../../zone/rules.ts";
import { scheduleOf } from "../cron.ts";
import { type Job, type JobStep, type StepResult, type StoreFailure, storesOf } from "../job.ts";
import { FORECAST, type ForecastParts } from "./forecast-job.ts";
import { countedUntil, type TodayHours, todayHours } from "./today-hours.ts";

export const FORECAST_TODAY = "forecast_today";

/** Read by one set of questions: some 60,000 rows in memory, 40 MB. */
const STORES_PER_STEP = 1_000;
/** A line that counted on one of the last dates is looked for today. */
const KNOWN_DAYS = 7;
const HOURS = 24;
const PARTS = 100;

type TodayParts = Pick<ForecastParts, "config" | "stores" | "warehouse" | "registry" | "clock">;

/** The forecast of the date under way follows the hours already counted; where they are missing or doubted, the morning's stands. */
export function todayJob(parts: TodayParts): Job {
  return {
    ...{ name: "forecast-today", description: "what is expected of the day under way, from the hours already counted" },
    ...{ lane: "quick", stepTimeoutS: 600, retries: 0 },
    schedule: scheduleOf("jobs.today", parts.config.today),
    plan: async (wish) => {
      const stores = storesOf(parts.stores, wish);
      const registry = await parts.registry();
      const key = new Date(parts.clock.nowMs()).toISOString();
      return {
        details: { stores: stores.length },
        steps: portionsOf(stores, STORES_PER_STEP).map(
          (portion, at): JobStep => ({
            key: `${key} ${at}`,
            run: (signal) => updateStores(parts, { portion, registry, signal }),
          }),
        ),
      };
    },
  };
}

interface Portion {
  readonly portion: readonly StoreInfo[];
  readonly registry: Registry;
  readonly signal: AbortSignal;
}

async function updateStores(parts: TodayParts, { portion, registry, signal }: Portion): Promise<StepResult> {
  const work = portion.map((store) => ({ store, dates: [todayOf(parts, store)] }));
  const known = await readAll(parts, work, signal);
  const rows: DerivedRow[] = [];
  const failures: StoreFailure[] = [];
  const done: StoreDates[] = [];
  for (const one of work) {
    try {
      rows.push(...rowsOf(parts, { ...one, registry, known }));
      done.push(one);
    } catch (error) {
      const { tenant, store } = one.store;
      failures.push({ tenant, store, reason: messageOf(error) });
    }
  }
  await parts.warehouse.replaceDerived(FORECAST_TODAY, done, rows);
  return { counts: { updated: rows.length }, ...(failures.length > 0 && { failures }) };
}

const todayOf = ({ clock }: TodayParts, { timeZone }: StoreInfo) => zoneOf(timeZone).date(clock.nowMs());

/** What is known of stores, by their key. */
interface Known {
  readonly morning: ReadonlyMap<string, readonly DerivedRow[]>;
  /** Hours of the date, and days of those before it, which tell what lines there are. */
  readonly traffic: ReadonlyMap<string, readonly TrafficRow[]>;
}

/** As few questions for hundreds of stores as for one: asked for each by itself, a thousand take longer than a warehouse should be kept busy. */
async function readAll({ warehouse }: TodayParts, work: readonly StoreDates[], signal: AbortSignal): Promise<Known> {
  const morning = groupBy(await warehouse.derivedOfStores(FORECAST, work, { signal }), storeKey);
  const foretold = work.filter(({ store }) => morning.has(storeKey(store)));
  if (foretold.length === 0) return { morning, traffic: new Map() };
  const before = foretold.map(({ store, dates }) => ({ store, dates: dates.flatMap(datesBefore) }));
  const clean = cleanTraffic(warehouse);
  const days = await clean.trafficOfStores(before, "day", { signal });
  const hours = await clean.trafficOfStores(foretold, "hour", { signal });
  const byStore = groupBy([...days, ...hours], ({ store }) => storeKey(store));
  const traffic = new Map([...byStore].map(([key, found]) => [key, found.flatMap(({ rows }) => rows)]));
  return { morning, traffic };
}

const datesBefore = (date: string) => datesOf({ from: addDays(date, -KNOWN_DAYS), to: addDays(date, -1) });

interface One extends StoreDates {
  readonly registry: Registry;
  readonly known: Known;
}

function rowsOf({ clock }: TodayParts, { store, dates, registry, known }: One): readonly DerivedRow[] {
  const [today = ""] = dates;
  const morning = known.morning.get(storeKey(store)) ?? [];
  const days = morning.filter(({ step }) => step === "day");
  if (days.length === 0) return [];
  const rows = known.traffic.get(storeKey(store)) ?? [];
  const doors = registry.doorList(store).filter(({ isInner }) => !isInner);
  const all = doors.length > 0 ? doors.flatMap(({ targets }) => targets) : undefined;
  const places = days.map((day) => {
    const place = String(day.place);
    const targets = place === "" ? all : (doors.find(({ name }) => name === place)?.targets ?? [place]);
    return { place, ...foretold(morning, day, todayHours(rows, today, targets)) };
  });
  const madeAt = new Date(clock.nowMs()).toISOString();
  const about = { tenant: store.tenant, store: store.store, businessDate: today, madeAt };
  return addedUp(places).flatMap(({ node, hours, seenShare }) => {
    if (seenShare === 0) return [];
    const counted = hours.counted.reduce((sum, people) => sum + people, 0);
    const until = { countedUntil: countedUntil(today, hours), counted, seenShare: rounded(seenShare, PARTS) };
    return [{ ...about, place: node.name, ...until, ...boundsOf(node, counted) }];
  });
}

interface Place {
  readonly place: string;
  readonly hours: TodayHours;
  readonly seenShare: number;
  readonly band: Readonly<Record<(typeof BOUNDS)[number], number>>;
}

const BOUNDS = ["yhat", "lo80", "hi80", "lo95", "hi95"] as const;

function foretold(morning: readonly DerivedRow[], day: DerivedRow, hours: TodayHours): Omit<Place, "place"> {
  const byHour = new Float64Array(HOURS);
  for (const row of morning)
    if (row.step === "hour" && row.place === day.place)
      byHour[Number(String(row.localStart).slice(11, 13))] = Number(row.yhat);
  const { stages, yesterday } = learntOf(day);
  const updated = updateToday({ hours: byHour, ...hours, yesterday, champion: { today: stages } });
  const band = updated.seenShare > 0 ? updated : Object.fromEntries(BOUNDS.map((name) => [name, Number(day[name])]));
  return { hours, seenShare: updated.seenShare, band: band as Place["band"] };
}

interface Learnt {
  readonly stages: readonly TodayStage[];
  readonly yesterday?: DateHours;
}

/** What the night's forecast learnt of dates under way, and how yesterday went; nothing where the row is of another version. */
function learntOf({ parts }: DerivedRow): Learnt {
  try {
    const { stages, yesterday } = JSON.parse(String(parts ?? "{}")) as {
      readonly stages?: readonly TodayStage[];
      readonly yesterday?: { readonly hours: readonly number[]; readonly counted: readonly number[] };
    };
    if (!Array.isArray(stages) || !stages.every(isStage)) return { stages: [] };
    const { hours, counted } = yesterday ?? {};
    if (!isDate(hours) || !isDate(counted)) return { stages };
    return { stages, yesterday: { hours: Float64Array.from(hours), counted: Float64Array.from(counted) } };
  } catch {
    return { stages: [] };
  }
}

const isDate = (hours: readonly number[] | undefined): hours is readonly number[] =>
  Array.isArray(hours) && hours.length === HOURS && hours.every((people) => Number.isFinite(people) && people >= 0);

/** One of an older version has no `spread`. */
const isStage = ({ slope, recent, spread, errors }: TodayStage) =>
  [slope, recent, spread, errors?.q10, errors?.q90].every((value) => Number.isFinite(value));

/** Doors to the store; the date has one slot. */
function addedUp(places: readonly Place[]) {
  const hasStore = places.some(({ place }) => place === "");
  const nodes = places.map(({ place, band }): ForecastNode => {
    const slots = Object.fromEntries(BOUNDS.map((name) => [name, Float64Array.of(band[name])])) as unknown as Omit<
      ForecastNode,
      "name"
    >;
    return { ...slots, name: place, ...(hasStore && place !== "" && { parent: "" }) };
  });
  const added = reconcile(nodes);
  return places.map((place, index) => ({ ...place, node: added[index] ?? { ...(nodes[index] as ForecastNode) } }));
}

/** Who has come in is certain. */
function boundsOf(node: ForecastNode, counted: number): DerivedRow {
  return Object.fromEntries(BOUNDS.map((name) => [name, rounded(Math.max(counted, node[name][0] ?? 0), PARTS)]));
}
