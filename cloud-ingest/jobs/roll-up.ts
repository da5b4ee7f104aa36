import { messageOf } from "../../firmware-config/kit/errors.ts";
import { type DateRange, datesOf } from "../calendar.ts";
import type { StoreInfo, TrafficStore } from "../warehouse/port.ts";

const DATES_PER_CALL = 92;

export interface StoreFailure {
  readonly tenant: string;
  readonly store: string;
  readonly reason: string;
}

/** What a roll-up did. */
export interface RollUpSummary {
  readonly stores: number;
  readonly dates: number;
  readonly rows: number;
  /** Stores which failed; the others are done all the same. */
  readonly failures: readonly StoreFailure[];
}

type StoreOutcome = { readonly dates: number; readonly rows: number } | StoreFailure;

/**
 * Recomputes the hourly and daily tables: of the dates with new counts, or of every date of the range.
 * Safe to repeat; one store's failure does not stop the others.
 */
export async function runRollUp(
  warehouse: TrafficStore,
  stores: Iterable<StoreInfo>,
  range?: DateRange,
): Promise<RollUpSummary> {
  const outcomes: StoreOutcome[] = [];
  for (const store of stores) outcomes.push(await rollUpStore(warehouse, store, range));
  const done = outcomes.flatMap((outcome) => ("rows" in outcome ? [outcome] : []));
  return {
    stores: outcomes.length,
    dates: done.reduce((sum, outcome) => sum + outcome.dates, 0),
    rows: done.reduce((sum, outcome) => sum + outcome.rows, 0),
    failures: outcomes.flatMap((outcome) => ("reason" in outcome ? [outcome] : [])),
  };
}

async function rollUpStore(warehouse: TrafficStore, store: StoreInfo, range?: DateRange): Promise<StoreOutcome> {
  try {
    const dates = range ? datesOf(range) : await warehouse.staleDates(store);
    let rows = 0;
    for (let at = 0; at < dates.length; at += DATES_PER_CALL) {
      rows += await warehouse.rollUp(store, dates.slice(at, at + DATES_PER_CALL));
    }
    return { dates: dates.length, rows };
  } catch (error) {
    return { tenant: store.tenant, store: store.store, reason: messageOf(error) };
  }
}
