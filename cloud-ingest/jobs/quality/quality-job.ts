import type { Clock } from "../../../firmware-config/kit/clock.ts";
import { messageOf } from "../../../firmware-config/kit/errors.ts";
import { addDays, type DateRange, datesOf, splitRange } from "../../calendar.ts";
import type { JobsConfig } from "../../config.ts";
import { groupBy, portionsOf } from "../../group-by.ts";
import { createJudgeThread } from "../../quality/judge-thread.ts";
import type { Registry } from "../../registry/registry.ts";
import type { DerivedStore } from "../../warehouse/derived-port.ts";
import type { StoreDates, StoreInfo, TrafficRow, TrafficStore } from "../../warehouse/port.ts";
import type { RowStore } from "../../warehouse/row-port.ts";
import { zoneOf } from "../../zone/rules.ts";
import { calendarOf } from "../calendar-notes.ts";
import { scheduleOf } from "../cron.ts";
import { type Job, type JobStep, type JobWish, type StepResult, type StoreFailure, storesOf } from "../job.ts";
import { qualityRows } from "./quality-rows.ts";
import { type Neighbour, storePanel, totalOf } from "./store-panel.ts";
import { verdictsOf, wordsOf } from "./words.ts";

/** Its name among those who are told of changed dates. */
export const QUALITY = "quality";

/** A year and a month: the season, and last year's holidays. */
const HISTORY_DAYS = 400;
/** How far back a change of today may change what is said of the past: a level is seen after some weeks. */
const RETHOUGHT_DAYS = 42;
/** Stores that are read once and compared with each other. */
const STORES_AT_ONCE = 10;
const NEIGHBOURS = 8;
/** What one read brings into memory. */
const DAYS_PER_READ = 62;

export interface QualityParts {
  readonly config: JobsConfig;
  readonly stores: readonly StoreInfo[];
  readonly warehouse: TrafficStore & DerivedStore & Pick<RowStore, "sourceRows">;
  readonly registry: () => Promise<Registry>;
  readonly clock: Clock;
  /** Makes the thread that judges; default: one of its own. */
  readonly judgeThread?: () => JudgeThread;
}

export type JudgeThread = Pick<ReturnType<typeof createJudgeThread>, "ask" | "close">;

/** Judges the dates whose counts have changed: what is not believed, what explains it, and what would have been counted. */
export function qualityJob(parts: QualityParts): Job {
  const { config, stores, warehouse, clock, judgeThread = createJudgeThread } = parts;
  const thread = judgeThread();
  return {
    ...{ name: QUALITY, description: "counts that cannot be believed are flagged and repaired" },
    ...{ lane: "long", stepTimeoutS: 3_600, retries: 1 },
    schedule: scheduleOf("jobs.quality", config.quality),
    plan: async (wish) => {
      const asked = storesOf(stores, wish);
      const { work, notes } = await workOf(warehouse, asked, wish);
      const closed = work.flatMap((one) => closedOf(one, clock));
      if (closed.length === 0) return { steps: [], details: { stores: 0 } };
      const tools: Tools = { ...parts, thread, registry: await parts.registry() };
      const groups = [...groupBy(closed, ({ store }) => store.tenant).values()].flatMap((own) =>
        portionsOf(own, STORES_AT_ONCE),
      );
      const finish = async (isAllDone: boolean) => {
        await thread.close();
        if (isAllDone) await forget(warehouse, { work, closed, notes });
      };
      return { details: { stores: closed.length }, steps: groups.map((group) => stepOf(tools, group)), finish };
    },
  };
}

/** What a run works with. */
interface Tools extends Pick<QualityParts, "warehouse"> {
  readonly thread: JudgeThread;
  readonly registry: Registry;
}

interface Work {
  readonly work: readonly StoreDates[];
  readonly closed: readonly StoreDates[];
  readonly notes: readonly string[];
}

async function workOf(warehouse: DerivedStore, stores: readonly StoreInfo[], { from, to }: JobWish) {
  if (from === undefined || to === undefined) return warehouse.changedDates(QUALITY, stores);
  const dates = datesOf({ from, to });
  return { work: stores.map((store) => ({ store, dates })), notes: [] };
}

/** Today is judged when it is over: half a day looks like a broken device. */
function closedOf({ store, dates }: StoreDates, clock: Clock): readonly StoreDates[] {
  const today = zoneOf(store.timeZone).date(clock.nowMs());
  const closed = dates.filter((date) => date < today);
  return closed.length > 0 ? [{ store, dates: closed }] : [];
}

function stepOf(tools: Tools, group: readonly StoreDates[]): JobStep {
  const [first] = group;
  const [from, to] = [edge(group, "from"), edge(group, "to")];
  return {
    key: `${first?.store.tenant}/${first?.store.store} +${group.length - 1} ${from}..${to}`,
    run: (signal) => judgeGroup(tools, { group, read: { from: addDays(from, -HISTORY_DAYS), to }, signal }),
  };
}

function edge(group: readonly StoreDates[], which: "from" | "to"): string {
  const dates = group.flatMap((one) => one.dates).sort();
  return (which === "from" ? dates[0] : dates.at(-1)) ?? "";
}

interface GroupWork {
  readonly group: readonly StoreDates[];
  readonly read: DateRange;
  readonly signal: AbortSignal;
}

/** A store that fails is told; the others go on. */
async function judgeGroup(tools: Tools, work: GroupWork): Promise<StepResult> {
  const counts = { judged: 0, repaired: 0, flags: 0 };
  const failures: StoreFailure[] = [];
  const rows = new Map<StoreInfo, readonly TrafficRow[]>();
  for (const { store } of work.group) rows.set(store, await hoursOf(tools.warehouse, store, work));
  const totals = new Map([...rows].map(([store, own]) => [store, totalOf(own, work.read)]));
  for (const one of work.group) {
    work.signal.throwIfAborted();
    try {
      const neighbours = neighboursOf(one.store, totals);
      const done = await judgeStore(tools, { ...work, one, rows: rows.get(one.store) ?? [], neighbours });
      counts.judged += 1;
      counts.repaired += done.repaired;
      counts.flags += done.flags;
    } catch (error) {
      work.signal.throwIfAborted();
      failures.push({ tenant: one.store.tenant, store: one.store.store, reason: messageOf(error) });
    }
  }
  return { counts, ...(failures.length > 0 && { failures }) };
}

async function hoursOf(warehouse: TrafficStore, store: StoreInfo, { read, signal }: GroupWork) {
  const rows: TrafficRow[] = [];
  for (const part of splitRange(read, DAYS_PER_READ))
    rows.push(...(await warehouse.traffic(store, part, "hour", { isExport: true, signal })));
  return rows;
}

function neighboursOf(store: StoreInfo, totals: ReadonlyMap<StoreInfo, Float64Array>): readonly Neighbour[] {
  const others = [...totals].filter(([other]) => other !== store).slice(0, NEIGHBOURS);
  return others.map(([other, values]) => ({ name: `neighbour ${other.tenant} ${other.store}`, values }));
}

interface StoreWork extends GroupWork {
  readonly one: StoreDates;
  readonly rows: readonly TrafficRow[];
  readonly neighbours: readonly Neighbour[];
}

async function judgeStore({ warehouse, thread, registry }: Tools, work: StoreWork) {
  const { one, read, rows, neighbours, signal } = work;
  const { store } = one;
  const doors = registry.doorList(store).map(({ targets }) => targets);
  const panel = storePanel({ rows, range: read, notes: calendarOf(registry, store, read), neighbours, doors });
  const written = writtenDates(one, read);
  const range = { from: written[0] ?? read.to, to: written.at(-1) ?? read.to };
  const words = await wordsOf(warehouse, store, { from: addDays(read.from, -HISTORY_DAYS), to: read.to });
  const verdicts = verdictsOf(words, panel, read);
  const judged = await thread.ask({ panel: panel.panel, verdicts }, signal);
  const made = qualityRows({
    ...{ store, read, written: new Set(datesOf(range)), panel, judged },
    corrections: await warehouse.sourceRows("correction", range, store),
  });
  const dates = [{ store, dates: written }];
  await warehouse.replaceDerived("quality_hour", dates, made.hours);
  await warehouse.replaceDerived("quality_flag", dates, made.flags);
  await warehouse.replaceDerived("quality_score", dates, made.scores);
  return { repaired: made.hours.filter(({ kind }) => kind === "device").length, flags: made.flags.length };
}

/** From some weeks before the first changed date to the last: all of them, so that no flag is cut in two. */
function writtenDates({ dates }: StoreDates, read: DateRange): readonly string[] {
  const [first = read.from, last = read.to] = [dates[0], dates.at(-1)];
  const from = addDays(first, -RETHOUGHT_DAYS);
  return datesOf({ from: [from, read.from].sort().at(-1) ?? from, to: last });
}

/** Forgets what every store has dealt with; dates that are not over yet are noted again. */
async function forget(warehouse: DerivedStore, { work, closed, notes }: Work): Promise<void> {
  if (notes.length === 0) return;
  const done = new Map(closed.map(({ store, dates }) => [store, new Set(dates)]));
  const open = work.map(({ store, dates }) => ({ store, dates: dates.filter((date) => !done.get(store)?.has(date)) }));
  await warehouse.noteChanged(QUALITY, open);
  await warehouse.forgetChanged(notes);
}
