import type { DateTable, History } from "../port.ts";

const HOURS = 24;
/** Days after which a date's hours count half in the profile of its weekday. */
const HALF_LIFE = 28;
/** Past holidays are few, so their profile reaches back further. */
const HOLIDAY_HALF_LIFE = 400;
/** Holidays that the Sunday's profile is worth. */
const SUNDAY = 2;
/** Weeks of the weekday's own that all days together are worth. */
const COMMON = 0.3;
const SUNDAY_INDEX = 6;

/** Shares of a date's people by hour. */
export interface Profiles {
  /** By weekday. */
  readonly weekday: readonly Float64Array[];
  readonly holiday: Float64Array;
}

export interface ProfileOptions {
  readonly series: number;
  /** First date that is not known. */
  readonly origin: number;
  readonly dates: DateTable;
}

/** Recent shares of each hour by kind of day, from the dates before an origin alone; dates with a missing hour are left out. */
export function profilesOf({ values }: Pick<History, "values">, { series, origin, dates }: ProfileOptions): Profiles {
  const source = values[series]!;
  const weekday = Array.from({ length: 7 }, () => new Mean());
  const holiday = new Mean();
  const common = new Mean();
  for (let day = Math.max(0, origin - 20 * HALF_LIFE); day < origin; day++) {
    if (dates.isShock[day] === 1 || dates.isClosed[day] === 1) continue;
    const shares = sharesOf(source, day);
    if (!shares) continue;
    const age = origin - 1 - day;
    if (dates.holiday[day] !== 0) {
      holiday.add(shares, 0.5 ** (age / HOLIDAY_HALF_LIFE));
      continue;
    }
    weekday[dates.weekday[day]!]!.add(shares, 0.5 ** (age / HALF_LIFE));
    common.add(shares, 0.5 ** (age / HALF_LIFE));
  }
  const even = new Float64Array(HOURS).fill(1 / HOURS);
  const all = common.with(even, 1e-6);
  const byWeekday = weekday.map((mean) => mean.with(all, COMMON));
  return { weekday: byWeekday, holiday: holiday.with(byWeekday[SUNDAY_INDEX]!, SUNDAY) };
}

/** The profile of a date, past or ahead. */
export function profileOf(profiles: Profiles, dates: DateTable, day: number): Float64Array {
  return dates.holiday[day] === 0 ? profiles.weekday[dates.weekday[day]!]! : profiles.holiday;
}

/** Undefined for a date with nobody, or with an hour missing other than one that the clock skips. */
function sharesOf(source: Float64Array, day: number): Float64Array | undefined {
  let [total, known] = [0, 0];
  const shares = source.slice(day * HOURS, (day + 1) * HOURS);
  for (let hour = 0; hour < HOURS; hour++) {
    if (Number.isNaN(shares[hour]!)) {
      shares[hour] = 0;
      continue;
    }
    total += shares[hour]!;
    known++;
  }
  if (known < HOURS - 1 || !(total > 0)) return undefined;
  for (let hour = 0; hour < HOURS; hour++) shares[hour]! /= total;
  return shares;
}

class Mean {
  readonly #sum = new Float64Array(HOURS);
  #weight = 0;

  add(shares: Float64Array, weight: number): void {
    for (let hour = 0; hour < HOURS; hour++) this.#sum[hour]! += weight * shares[hour]!;
    this.#weight += weight;
  }

  /** The mean with another one mixed in as if it had come with a weight. */
  with(other: Float64Array, weight: number): Float64Array {
    return this.#sum.map((sum, hour) => (sum + weight * other[hour]!) / (this.#weight + weight));
  }
}
