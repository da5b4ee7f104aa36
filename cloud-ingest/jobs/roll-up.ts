import { createHash } from "node:crypto";
import { storeKey } from "../../firmware-config/contract/topics.ts";
import { messageOf } from "../../firmware-config/kit/errors.ts";
import { datesOf } from "../calendar.ts";
import type { JobsConfig } from "../config.ts";
import { groupBy } from "../group-by.ts";
import type { DerivedStore } from "../warehouse/derived-port.ts";
import type { JobStore, StoreDates, StoreInfo, TrafficStore } from "../warehouse/port.ts";
import { scheduleOf } from "./cron.ts";
import { type Job, type JobStep, type JobWish, type StepResult, type StoreFailure, storesOf } from "./job.ts";

/** Days of stores in one call: the days of ten thousand stores take five, and a stop waits for one of them. */
const DAYS_PER_CALL = 4_000;
/** When so many stores have failed one by one, it is not they who are at fault. */
const TRIED_FAILURES = 5;

export interface RollUpParts {
  readonly config: JobsConfig;
  readonly stores: readonly StoreInfo[];
  readonly warehouse: TrafficStore & JobStore & DerivedStore;
  /** Jobs that are told which dates have changed. */
  readonly readers: readonly string[];
}

/** Recomputes the hourly and daily tables. Safe to repeat; one store's failure does not stop the others. */
export function rollUpJob(parts: RollUpParts): Job {
  const { config, stores, warehouse } = parts;
  return {
    ...{ name: "roll-up", description: "hourly and daily tables of the days with new counts" },
    ...{ lane: "quick", stepTimeoutS: 6 * 3_600, retries: 0 },
    schedule: scheduleOf("jobs.rollUp", config.rollUp),
    plan: async (wish) => {
      const work = await workOf(warehouse, storesOf(stores, wish), wish);
      const settle = { key: "settle", run: async () => warehouse.settle().then(() => ({})) };
      const steps = [...[...portionsOf(work)].map((portion) => stepOf(parts, portion)), settle];
      return { details: { stores: work.length, ...NOTHING }, steps };
    },
  };
}

const NOTHING = { dates: 0, rows: 0 };

/** Every date of a wish for dates, else those with new counts. */
async function workOf(
  warehouse: TrafficStore,
  stores: readonly StoreInfo[],
  { from, to }: JobWish,
): Promise<readonly StoreDates[]> {
  if (from !== undefined && to !== undefined) {
    const dates = datesOf({ from, to });
    return stores.map((store) => ({ store, dates }));
  }
  return warehouse.staleDates(stores);
}

/** The readers are told before: whatever ends the step half way, they look at its dates. */
function stepOf({ warehouse, readers }: RollUpParts, portion: readonly StoreDates[]): JobStep {
  const run = async () => {
    for (const reader of readers) await warehouse.noteChanged(reader, portion);
    return rollUpPortion(warehouse, portion);
  };
  return { key: keyOfPortion(portion), run };
}

function keyOfPortion(portion: readonly StoreDates[]): string {
  const days = portion.map(({ store, dates }) => `${storeKey(store)} ${dates.join(" ")}`);
  const dates = portion.flatMap((one) => one.dates).sort();
  const hash = createHash("sha256").update(days.join("\n")).digest("hex").slice(0, 12);
  return `${dates[0]}..${dates.at(-1)} ${hash}`;
}

/** Work of at most `DAYS_PER_CALL` days each, the oldest first: a date of all stores lies together in a warehouse. */
function* portionsOf(work: readonly StoreDates[]): Generator<readonly StoreDates[]> {
  const days = work.flatMap(({ store, dates }) => dates.map((date) => ({ store, date })));
  days.sort((a, b) => (a.date < b.date ? -1 : a.date > b.date ? 1 : 0));
  for (let at = 0; at < days.length; at += DAYS_PER_CALL) {
    const byStore = groupBy(days.slice(at, at + DAYS_PER_CALL), ({ store }) => storeKey(store));
    yield [...byStore.values()].flatMap((some) => {
      const [first] = some;
      return first ? [{ store: first.store, dates: some.map(({ date }) => date) }] : [];
    });
  }
}

/** All at once; when that fails, store by store, to find whose fault it is. */
async function rollUpPortion(warehouse: TrafficStore, portion: readonly StoreDates[]): Promise<StepResult> {
  const whole = await rollUpTogether(warehouse, portion);
  if (!whole.failures || portion.length === 1) return whole;
  const counts = { ...NOTHING };
  const failures: StoreFailure[] = [];
  for (const [index, one] of portion.entries()) {
    if (failures.length >= TRIED_FAILURES) {
      const reason = whole.failures[0]?.reason ?? "";
      return { counts, failures: [...failures, ...failuresOf(portion.slice(index), reason)] };
    }
    const result = await rollUpTogether(warehouse, [one]);
    counts.dates += result.counts.dates;
    counts.rows += result.counts.rows;
    failures.push(...(result.failures ?? []));
  }
  return { counts, failures };
}

interface Together extends StepResult {
  readonly counts: { readonly dates: number; readonly rows: number };
}

async function rollUpTogether(warehouse: TrafficStore, portion: readonly StoreDates[]): Promise<Together> {
  try {
    const rows = await warehouse.rollUp(portion);
    return { counts: { dates: portion.reduce((sum, one) => sum + one.dates.length, 0), rows } };
  } catch (error) {
    return { counts: NOTHING, failures: failuresOf(portion, messageOf(error)) };
  }
}

const failuresOf = (portion: readonly StoreDates[], reason: string): readonly StoreFailure[] =>
  portion.map(({ store: { tenant, store } }) => ({ tenant, store, reason }));
