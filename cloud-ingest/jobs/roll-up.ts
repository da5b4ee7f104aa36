import { messageOf } from "../../firmware-config/kit/errors.ts";
import { type DateRange, datesOf } from "../calendar.ts";
import { groupBy } from "../group-by.ts";
import type { StoreDates, StoreInfo, TrafficStore } from "../warehouse/port.ts";

/** Days of stores in one call: the days of ten thousand stores take five, and a stop waits for one of them. */
const DAYS_PER_CALL = 4_000;
/** When so many stores have failed one by one, it is not they who are at fault. */
const TRIED_FAILURES = 5;

export interface StoreFailure {
  readonly tenant: string;
  readonly store: string;
  readonly reason: string;
}

/** What a roll-up did. */
export interface RollUpSummary {
  /** Stores that had dates to roll up, and the days of all of them. */
  readonly stores: number;
  readonly dates: number;
  readonly rows: number;
  /** Stores which failed; the others are done all the same. */
  readonly failures: readonly StoreFailure[];
}

export interface RollUpOptions {
  /** Every date of it; left out, the dates with new counts. */
  readonly range?: DateRange;
  /** Ends the work after the call under way. */
  readonly signal?: AbortSignal;
}

type Outcome = Omit<RollUpSummary, "stores"> & { readonly names: readonly string[] };

/** Recomputes the hourly and daily tables. Safe to repeat; one store's failure does not stop the others. */
export async function runRollUp(
  warehouse: TrafficStore,
  stores: readonly StoreInfo[],
  { range, signal }: RollUpOptions = {},
): Promise<RollUpSummary> {
  const work = range ? stores.map((store) => ({ store, dates: datesOf(range) })) : await warehouse.staleDates(stores);
  const outcomes: Outcome[] = [];
  for (const portion of portionsOf(work)) {
    if (signal?.aborted) break;
    outcomes.push(...(await rollUpPortion(warehouse, portion)));
  }
  const failures = new Map(outcomes.flatMap((outcome) => outcome.failures).map((one) => [keyOf(one), one]));
  return {
    stores: new Set(outcomes.flatMap(({ names }) => names)).size,
    dates: outcomes.reduce((sum, { dates }) => sum + dates, 0),
    rows: outcomes.reduce((sum, { rows }) => sum + rows, 0),
    failures: [...failures.values()],
  };
}

/** Work of at most `DAYS_PER_CALL` days each, the oldest first: a date of all stores lies together in a warehouse. */
function* portionsOf(work: readonly StoreDates[]): Generator<readonly StoreDates[]> {
  const days = work.flatMap(({ store, dates }) => dates.map((date) => ({ store, date })));
  days.sort((a, b) => (a.date < b.date ? -1 : a.date > b.date ? 1 : 0));
  for (let at = 0; at < days.length; at += DAYS_PER_CALL) {
    const byStore = groupBy(days.slice(at, at + DAYS_PER_CALL), ({ store }) => keyOf(store));
    yield [...byStore.values()].flatMap((some) => {
      const [first] = some;
      return first ? [{ store: first.store, dates: some.map(({ date }) => date) }] : [];
    });
  }
}

/** All at once; when that fails, store by store, to find whose fault it is. */
async function rollUpPortion(warehouse: TrafficStore, portion: readonly StoreDates[]): Promise<readonly Outcome[]> {
  const whole = await rollUpTogether(warehouse, portion);
  if (whole.failures.length === 0 || portion.length === 1) return [whole];
  const outcomes: Outcome[] = [];
  for (const [index, one] of portion.entries()) {
    const failed = outcomes.filter(({ failures }) => failures.length > 0).length;
    if (failed >= TRIED_FAILURES) return [...outcomes, failedOf(portion.slice(index), whole.failures[0]?.reason ?? "")];
    outcomes.push(await rollUpTogether(warehouse, [one]));
  }
  return outcomes;
}

async function rollUpTogether(warehouse: TrafficStore, portion: readonly StoreDates[]): Promise<Outcome> {
  try {
    const rows = await warehouse.rollUp(portion);
    const dates = portion.reduce((sum, one) => sum + one.dates.length, 0);
    return { names: portion.map(({ store }) => keyOf(store)), dates, rows, failures: [] };
  } catch (error) {
    return failedOf(portion, messageOf(error));
  }
}

function failedOf(portion: readonly StoreDates[], reason: string): Outcome {
  const failures = portion.map(({ store: { tenant, store } }) => ({ tenant, store, reason }));
  return { names: portion.map(({ store }) => keyOf(store)), dates: 0, rows: 0, failures };
}

const keyOf = ({ tenant, store }: { readonly tenant: string; readonly store: string }) => `${tenant}/${store}`;
