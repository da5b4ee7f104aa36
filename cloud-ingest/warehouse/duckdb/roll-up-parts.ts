import { storeKey } from "../../../firmware-config/contract/topics.ts";
import { groupBy } from "../../group-by.ts";
import type { StoreDates, StoreInfo } from "../port.ts";

/** Dates of a part, so that it reads few files. */
const MOST_DATES = 31;

/** One business date of a store. */
export interface StoreDay {
  readonly store: StoreInfo;
  readonly date: string;
}

/** Each of the days once, the oldest first. */
export function daysOf(work: readonly StoreDates[]): readonly StoreDay[] {
  const days = work.flatMap(({ store, dates }) => [...new Set(dates)].map((date) => ({ store, date })));
  return days.sort((a, b) => (a.date < b.date ? -1 : a.date > b.date ? 1 : 0));
}

/** The days in their order, in parts of at most `most` days and a month of dates. */
export function* partsOf(days: readonly StoreDay[], most: number): Generator<readonly StoreDates[]> {
  let part: StoreDay[] = [];
  let dates = 0;
  for (const day of days) {
    const isNew = day.date !== part.at(-1)?.date;
    if (part.length === most || (isNew && dates === MOST_DATES)) {
      yield workOf(part);
      part = [];
      dates = 0;
    }
    if (isNew || part.length === 0) dates += 1;
    part.push(day);
  }
  if (part.length > 0) yield workOf(part);
}

function workOf(days: readonly StoreDay[]): readonly StoreDates[] {
  const byStore = groupBy(days, ({ store }) => storeKey(store));
  return [...byStore.values()].flatMap((some) => {
    const [first] = some;
    return first ? [{ store: first.store, dates: some.map(({ date }) => date) }] : [];
  });
}
