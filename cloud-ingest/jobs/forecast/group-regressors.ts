import { type DateRange, daysIn, splitRange } from "../../calendar.ts";
import { type DateNumbers, NumberSum, noNumbers, overlaid, reachOf } from "../../forecast/date-numbers.ts";
import type { Regressor } from "../../forecast/port.ts";
import { MOST_REGRESSORS } from "../../forecast/regressor-limits.ts";
import type { StoreInfo } from "../../warehouse/port.ts";
import type { RowOwner, RowStore } from "../../warehouse/row-port.ts";

/** What one read brings into memory: a year of five names by the hour is 44,000 rows. */
const DAYS_PER_READ = 366;

export interface RegressorsInput {
  readonly warehouse: Pick<RowStore, "sourceRows">;
  /** Of one tenant. */
  readonly stores: readonly StoreInfo[];
  /** The store of each series. */
  readonly places: readonly { readonly store: StoreInfo }[];
  /** History and horizon. */
  readonly range: DateRange;
  /** Of them, the dates of the history. */
  readonly historyDays: number;
  readonly signal: AbortSignal;
}

export interface GroupRegressors {
  /** By name; with an array for each series, the same one for all series of a store. */
  readonly regressors: readonly Regressor[];
  /** What a person should know of names that do nothing, for the log. */
  readonly words: readonly string[];
}

type ByName = ReadonlyMap<string, DateNumbers>;

/** The numbers that rows of `regressor` give for stores by date: the store's own before the tenant's, a date's before the mean of its hours. */
export async function groupRegressors(input: RegressorsInput): Promise<GroupRegressors> {
  const { stores, places, range, historyDays } = input;
  const common = await numbersOf(input, { tenant: stores[0]?.tenant ?? "", store: "" });
  const byStore = new Map<StoreInfo, ByName>();
  for (const store of stores) byStore.set(store, both(common, await numbersOf(input, store)));
  const all = [...new Set([...byStore.values()].flatMap((own) => [...own.keys()]))].sort();
  const used = mostTold(all, [...byStore.values()]);
  const none = noNumbers(daysIn(range));
  const regressors = used.map((name): Regressor => {
    const own = places.map(({ store }) => byStore.get(store)?.get(name) ?? none);
    return {
      ...{ name, isKnownAhead: own.some(({ marks }) => marks.includes(1)) },
      ...{ values: own.map(({ values }) => values), marks: own.map(({ marks }) => marks) },
      reachDays: Math.max(0, ...own.map((one) => reachOf(one, historyDays))),
    };
  });
  return { regressors, words: [...leftOut(all, used), ...constant(regressors, historyDays)] };
}

async function numbersOf({ warehouse, range, signal }: RegressorsInput, owner: RowOwner): Promise<ByName> {
  const sums = new Map<string, NumberSum>();
  for (const part of splitRange(range, DAYS_PER_READ)) {
    signal.throwIfAborted();
    for (const { date, columns } of await warehouse.sourceRows("regressor", part, owner)) {
      const { hour, value, knownInAdvance } = columns;
      const name = String(columns.name).normalize("NFC");
      const sum = sums.get(name) ?? new NumberSum(daysIn(range));
      sums.set(name, sum);
      sum.add({
        ...{ day: daysIn({ from: range.from, to: date }) - 1, isKnownInAdvance: knownInAdvance === true },
        ...(typeof hour === "number" && { hour }),
        value: typeof value === "number" ? value : Number.NaN,
      });
    }
  }
  return new Map([...sums].map(([name, sum]) => [name, sum.numbers()]));
}

/** What is told of the store itself is the last word on a date. */
function both(common: ByName, own: ByName): ByName {
  const laid = [...own].map(([name, numbers]): [string, DateNumbers] => {
    const under = common.get(name);
    return [name, under ? overlaid(under, numbers) : numbers];
  });
  return new Map([...common, ...laid]);
}

/** Those with most numbers, as many as a regression takes. */
function mostTold(names: readonly string[], stores: readonly ByName[]): readonly string[] {
  if (names.length <= MOST_REGRESSORS) return names;
  const count = (name: string) =>
    stores.reduce((sum, own) => sum + (own.get(name)?.values.filter(Number.isFinite).length ?? 0), 0);
  const counted = names.map((name) => ({ name, count: count(name) }));
  counted.sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1));
  const used = counted.slice(0, MOST_REGRESSORS);
  return used.map(({ name }) => name).sort();
}

function leftOut(all: readonly string[], used: readonly string[]): readonly string[] {
  const left = all.length - used.length;
  return left === 0 ? [] : [`${left} of ${all.length} names are not used, those with the fewest numbers`];
}

function constant(regressors: readonly Regressor[], historyDays: number): readonly string[] {
  return regressors.flatMap(({ name, values }) => {
    const known = [...new Set(values)].flatMap((own) => [...own.subarray(0, historyDays).filter(Number.isFinite)]);
    const isOne = known.length > 0 && known.every((value) => value === known[0]);
    return isOne ? [`${name} is ${known[0]} on every date that it is known of; write 0 where there is none`] : [];
  });
}
