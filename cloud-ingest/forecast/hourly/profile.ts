import type { DateTable, History } from "../port.ts";
import { ProfileMean } from "./profile-mean.ts";

const HOURS = 24;
/** Days after which a date's hours count half in the profile of its weekday: how fast habits move differs by place, so that the past decides. */
const HALF_LIVES = [10, 28, 90] as const;
/** Weight ~ error ^ -SHARPNESS of a half-life. */
const SHARPNESS = 20;
/** Days after which such an error counts half. */
const EVIDENCE_HALF_LIFE = 90;
/** Error of a date, in shares, that "all alike" is worth for so many dates. */
const EQUAL = 14;
/** Past holidays are few, so their profile reaches back further. */
const HOLIDAY_HALF_LIFE = 400;
/** Holidays that the Sunday's profile is worth. */
const SUNDAY = 1;
/** Dates of the weekday's own that all days together are worth. */
const COMMON = 0.15;
const SUNDAY_INDEX = 6;
/** Older dates say nothing at any half-life. */
const MOST_DAYS = 560;

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
  const tries = HALF_LIVES.map((halfLife) => new Try(halfLife));
  const holiday = new ProfileMean(HOLIDAY_HALF_LIFE);
  for (let day = Math.max(0, origin - MOST_DAYS); day < origin; day++) {
    if (dates.isShock[day] === 1 || dates.isClosed[day] === 1) continue;
    const shares = sharesOf(source, day);
    if (!shares) continue;
    if (dates.holiday[day] !== 0) holiday.add(shares, day);
    else for (const each of tries) each.add(shares, { day, weekday: dates.weekday[day]! });
  }
  const weekday = mixed(tries);
  return { weekday, holiday: holiday.with(weekday[SUNDAY_INDEX]!, SUNDAY, origin) };
}

/** The profile of a date, past or ahead. */
export function profileOf(profiles: Profiles, dates: DateTable, day: number): Float64Array {
  return dates.holiday[day] === 0 ? profiles.weekday[dates.weekday[day]!]! : profiles.holiday;
}

/** Profiles with one half-life, and how far they were off on each date before they heard of it. */
class Try {
  readonly #weekday: readonly ProfileMean[];
  readonly #common: ProfileMean;
  error = 0;
  count = 0;
  #last = 0;

  constructor(halfLife: number) {
    this.#weekday = Array.from({ length: 7 }, () => new ProfileMean(halfLife));
    this.#common = new ProfileMean(halfLife);
  }

  add(shares: Float64Array, { day, weekday }: { day: number; weekday: number }): void {
    const mean = this.#weekday[weekday]!;
    if (mean.count > 1) {
      const keep = 0.5 ** ((day - this.#last) / EVIDENCE_HALF_LIFE);
      this.error = this.error * keep + mean.distance(shares);
      this.count = this.count * keep + 1;
      this.#last = day;
    }
    mean.add(shares, day);
    this.#common.add(shares, day);
  }

  profile(weekday: number): Float64Array {
    const even = new Float64Array(HOURS).fill(1 / HOURS);
    const mean = this.#weekday[weekday]!;
    return mean.with(this.#common.with(even, 1e-6), COMMON);
  }
}

function mixed(tries: readonly Try[]): Float64Array[] {
  const average = tries.reduce((sum, { error }) => sum + error, 0) / tries.length;
  const raw = tries.map(({ error }) => (average > 0 ? (error / average) ** -SHARPNESS : 1));
  const total = raw.reduce((sum, value) => sum + value, 0);
  const trust = tries[0]!.count / (tries[0]!.count + EQUAL);
  const weights = raw.map((value) => (trust * value) / total + (1 - trust) / tries.length);
  return Array.from({ length: 7 }, (_, weekday) => {
    const profile = new Float64Array(HOURS);
    tries.forEach((each, i) => {
      const part = each.profile(weekday);
      for (let hour = 0; hour < HOURS; hour++) profile[hour]! += weights[i]! * part[hour]!;
    });
    return profile;
  });
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
