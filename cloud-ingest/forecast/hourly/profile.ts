import type { DateTable, Days, History } from "../port.ts";
import { remembered } from "../remembered.ts";
import { Habits, isWeekend, sharesOf } from "./habits.ts";

const HOURS = 24;
const SUNDAY = 6;
/** Past holidays are few, so they reach back further: days after which one counts half. */
const HOLIDAY_HALF_LIFE = 400;
/** Holidays that "like a Sunday" is worth where past ones lay nearer to their weekday. */
const LIKE_SUNDAY = 2;
/** Holidays that "off neither" is worth, those that "like all holidays" is worth beside past ones of a name, and how far, in roots of shares, one may be off. */
const NOT_OFF = 1;
const LIKE_ALL = 0.3;
const MOST_HOLIDAY = 0.3;
/** Older dates say nothing. */
const MOST_DAYS = 560;
/** The same weekday of last year. */
const YEAR = 364;
/** Dates on both sides of the date of last year, those before the origin of last year, and the fewest of either that say how hours went on then. */
const ABOUT = 14;
const BEFORE = 28;
const FEWEST = 3;
/** Part of that which comes again. */
const REPEATS = 0.5;

/** Shares of a date's people by hour. */
export interface Profiles {
  /** Of each date ahead. */
  readonly ahead: readonly Float64Array[];
  /** Of each kind of day as it runs now: seven weekdays, and holidays. */
  readonly kinds: readonly Float64Array[];
}

const WEEKDAYS = [0, 1, 2, 3, 4, 5, 6] as const;
/** The kind of holidays. */
const HOLIDAY = 7;

/** Which of `kinds` a date is. */
export const kindOf = ({ holiday, weekday }: DateTable, day: number): number =>
  holiday[day] === 0 ? weekday[day]! : HOLIDAY;

export interface ProfileOptions {
  readonly series: number;
  /** First date that is not known. */
  readonly origin: number;
  /** Dates from the origin on. */
  readonly ahead: number;
  readonly dates: DateTable;
}

const made = new WeakMap<Days, Map<string, Profiles>>();

/** Those behind the days, made once for them: of a lender too, whose hours each newcomer asks for. */
export function profilesBehind(
  history: Pick<History, "values">,
  days: Days,
  { series, ahead }: Pick<ProfileOptions, "series" | "ahead">,
): Profiles {
  const known = remembered(made, days, () => new Map());
  const dates = days.dates[series]!;
  return remembered(known, `${series} ${ahead}`, () =>
    profilesOf(history, { series, origin: days.days, ahead, dates }),
  );
}

/** By which hours the people of the dates ahead will come, from the dates before an origin alone; dates with a missing hour are left out. */
export function profilesOf(
  { values }: Pick<History, "values">,
  { series, origin, ahead, dates }: ProfileOptions,
): Profiles {
  const habits = new Habits();
  const ordinary = new Map<number, Float64Array>();
  const holidays: Holiday[] = [];
  for (let day = Math.max(0, origin - MOST_DAYS); day < origin; day++) {
    if (dates.isShock[day] === 1 || dates.isClosed[day] === 1) continue;
    const known = rootsOf(values[series]!, day);
    if (!known) continue;
    const [weekday, code] = [dates.weekday[day]!, dates.holiday[day]!];
    if (code === 0) ordinary.set(day, habits.add(known.roots, { day, weekday, people: known.people }));
    else holidays.push({ day, weekday, code, roots: known.roots });
  }
  const weekdays = WEEKDAYS.map((weekday) => habits.weekday(weekday, origin));
  const now = WEEKDAYS.map((weekday) => habits.opened(habits.now(weekday, origin), weekday));
  const kinds = [...now, onHoliday(now, { holidays, origin, weekday: SUNDAY, code: 0 })];
  const past: Past = { ordinary, weekdays, dates, origin };
  const soon = Array.from({ length: ahead }, (_, h) => {
    const kind = kindOf(dates, origin + h);
    if (kind === HOLIDAY) {
      const [weekday, code] = [dates.weekday[origin + h]!, dates.holiday[origin + h]!];
      return sharesOf(onHoliday(now, { holidays, origin, weekday, code }));
    }
    const roots = kinds[kind]!;
    const step = yearStep(past, origin + h, roots);
    return sharesOf(step ? roots.map((root, hour) => root + REPEATS * step[hour]!) : roots);
  });
  return { ahead: soon, kinds: kinds.map(sharesOf) };
}

interface Holiday {
  readonly day: number;
  readonly weekday: number;
  /** Of its name. */
  readonly code: number;
  readonly roots: Float64Array;
}

interface HolidayAhead extends Pick<Holiday, "weekday" | "code"> {
  readonly holidays: readonly Holiday[];
  readonly origin: number;
}

/** Between its weekday and a Sunday as past holidays were, as far off both as they were, and like past ones of its name. */
function onHoliday(now: readonly Float64Array[], { holidays, origin, weekday, code }: HolidayAhead): Float64Array {
  const part = sundayPart(now, holidays);
  const between = (own: number) => now[own]!.map((root, hour) => root + part * (now[SUNDAY]![hour]! - root));
  const [common, named] = [new HolidayMean(NOT_OFF), new HolidayMean(LIKE_ALL)];
  for (const past of holidays) common.add(past, { origin, base: between(past.weekday) });
  const roots = common.on(between(weekday));
  for (const past of holidays)
    if (past.code === code) named.add(past, { origin, base: common.on(between(past.weekday)) });
  return named.on(roots);
}

/** How holidays were off what was taken for them. */
class HolidayMean {
  readonly #off = new Float64Array(HOURS);
  #total: number;

  /** `none`: dates that "not at all" is worth. */
  constructor(none: number) {
    this.#total = none;
  }

  add({ day, roots }: Holiday, { origin, base }: { origin: number; base: Float64Array }): void {
    const weight = 0.5 ** ((origin - day) / HOLIDAY_HALF_LIFE);
    this.#total += weight;
    for (let hour = 0; hour < HOURS; hour++)
      this.#off[hour]! += weight * Math.max(-MOST_HOLIDAY, Math.min(MOST_HOLIDAY, roots[hour]! - base[hour]!));
  }

  on(base: Float64Array): Float64Array {
    return base.map((root, hour) => root + this.#off[hour]! / this.#total);
  }
}

/** Where past holidays lay from their weekday, 0, to a Sunday, 1: regression, drawn to the Sunday. */
function sundayPart(now: readonly Float64Array[], holidays: readonly Holiday[]): number {
  let [product, square] = [0, 0];
  for (const { weekday, roots } of holidays) {
    const own = now[weekday]!;
    for (let hour = 0; hour < HOURS; hour++) {
      const step = now[SUNDAY]![hour]! - own[hour]!;
      product += step * (roots[hour]! - own[hour]!);
      square += step * step;
    }
  }
  if (!(square > 0)) return 1;
  const prior = (LIKE_SUNDAY * square) / holidays.length;
  return Math.max(0, Math.min(1, (product + prior) / (square + prior)));
}

interface Past {
  readonly ordinary: ReadonlyMap<number, Float64Array>;
  readonly weekdays: readonly Float64Array[];
  readonly dates: DateTable;
  readonly origin: number;
}

/**
 * How hours went on from the origin to this date last year: longer evenings in spring, a shop's late weeks of December. What has stayed since is no season: an hour goes no further
 * than it was then. Undefined where it is not known.
 */
function yearStep(past: Past, day: number, now: Float64Array): Float64Array | undefined {
  const then = offWeekdays(past, { from: day - YEAR - ABOUT, to: day - YEAR + ABOUT + 1, like: day });
  const before = offWeekdays(past, { from: past.origin - YEAR - BEFORE, to: past.origin - YEAR, like: day });
  if (!then || !before) return undefined;
  const usual = past.weekdays[past.dates.weekday[day]!]!;
  return then.map((value, hour) => lesser(value - before[hour]!, usual[hour]! + value - now[hour]!));
}

/** The smaller of two steps of one direction; 0 where they differ in it. */
const lesser = (a: number, b: number): number => (a * b > 0 ? Math.sign(a) * Math.min(Math.abs(a), Math.abs(b)) : 0);

/** Mean distance of dates from their weekday, over workdays or weekends as `like` is. */
function offWeekdays(
  { ordinary, weekdays, dates }: Past,
  { from, to, like }: { from: number; to: number; like: number },
): Float64Array | undefined {
  const mean = new Float64Array(HOURS);
  let count = 0;
  for (let day = Math.max(0, from); day < to; day++) {
    const roots = isWeekend(dates.weekday[day]!) === isWeekend(dates.weekday[like]!) ? ordinary.get(day) : undefined;
    if (!roots) continue;
    count++;
    const usual = weekdays[dates.weekday[day]!]!;
    for (let hour = 0; hour < HOURS; hour++) mean[hour]! += (roots[hour]! - usual[hour]! - mean[hour]!) / count;
  }
  return count >= FEWEST ? mean : undefined;
}

/** Square roots of shares, and of how many people; undefined for a date with nobody, or with an hour missing other than one that the clock skips. */
function rootsOf(
  source: Float64Array,
  day: number,
): { readonly roots: Float64Array; readonly people: number } | undefined {
  let [total, known] = [0, 0];
  const roots = source.slice(day * HOURS, (day + 1) * HOURS);
  for (let hour = 0; hour < HOURS; hour++) {
    if (Number.isNaN(roots[hour]!)) {
      roots[hour] = 0;
      continue;
    }
    total += roots[hour]!;
    known++;
  }
  if (known < HOURS - 1 || !(total > 0)) return undefined;
  for (let hour = 0; hour < HOURS; hour++) roots[hour] = Math.sqrt(roots[hour]! / total);
  return { roots, people: total };
}
