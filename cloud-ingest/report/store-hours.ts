import { addDays, type DateRange, datesOf } from "../calendar.ts";
import { groupBy } from "../group-by.ts";
import type { TrafficRow } from "../warehouse/port.ts";
import { zoneOf } from "../zone/rules.ts";
import type { Zone } from "../zone/zone.ts";
import { ExpectedHours } from "./expected-hours.ts";
import { hourSlots, localAfter, type Slot } from "./slots.ts";
import type { StoreReport } from "./store-report.ts";
import { isSeen } from "./tally.ts";
import { cameraKeyOf, mostCounted, type Target, targetKeyOf, targetsOf } from "./targets.ts";

const HOUR_S = 3600;

/** Eight charts of each, some 100 kB in all, so this many make a page of a few megabytes; a shop has a tenth of it. */
export const MAX_TARGETS = 60;

const NEVER = "9999-12-31";

/** A camera that was silent for longer is not missed any more. */
const FORGOTTEN_AFTER_DAYS = 28;

/** The hours of a store: the one source of every number of the page. */
export class StoreHours {
  readonly nowLocal: string;
  readonly today: string;
  readonly rows: readonly TrafficRow[];
  /** The lines and zones that are shown. */
  readonly targets: readonly Target[];
  /** How many more there are, which counted less. */
  readonly targetsLeft: number;
  readonly expected: ExpectedHours;
  readonly #seenUntil: string | undefined;
  readonly #byDateAndKey: ReadonlyMap<string, readonly TrafficRow[]>;
  readonly #datesOf: ReadonlyMap<string, ReadonlySet<string>>;
  readonly #since: ReadonlyMap<string, string>;
  readonly #known = new Map<string, HoursOfDate>();
  readonly #targetsOn = new Map<string, ReadonlyMap<string, Target>>();
  readonly #zone: Zone;

  constructor({ store, generatedAt, hourly, daily, seenUntil }: StoreReport) {
    this.#zone = zoneOf(store.timeZone);
    this.nowLocal = this.#zone.local(generatedAt.getTime());
    this.today = this.nowLocal.slice(0, 10);
    this.expected = new ExpectedHours(hourly);
    const { keys, left } = mostCounted([...daily, ...hourly], MAX_TARGETS);
    const isShown = (row: TrafficRow) => keys.has(targetKeyOf(row));
    this.targetsLeft = left;
    this.rows = hourly.filter(isShown);
    const all = [...daily.filter(isShown), ...this.rows];
    this.targets = targetsOf(all);
    this.#seenUntil = seenUntil ?? lastEnd(hourly);
    this.#byDateAndKey = groupBy(this.rows, (row) => `${row.businessDate} ${targetKeyOf(row)}`);
    this.#datesOf = datesByKey(all);
    this.#since = firstByKey(all.filter(isSeen));
  }

  /** End of the newest count, never after now; undefined without any. */
  get countedUpTo(): string | undefined {
    const last = this.#seenUntil;
    return last && [last, this.nowLocal].sort()[0];
  }

  /** Dates of the range up to today, from the store's first count on. */
  datesIn({ from, to }: DateRange): readonly string[] {
    const first = [...this.#since.values()].sort()[0] ?? NEVER;
    return datesOf({ from, to: [to, this.today].sort()[0] ?? to }).filter((date) => date >= first.slice(0, 10));
  }

  /** Lines and zones that reported on the date, or that a now silent camera had when it was last heard. */
  targetsOn(date: string): readonly Target[] {
    return [...this.#on(date).values()];
  }

  /** True for those of them. */
  isOn(date: string, key: string): boolean {
    return this.#on(date).has(key);
  }

  /** The 24 hours of a line or zone. */
  slots(date: string, key: string): readonly Slot[] {
    const rows = this.#byDateAndKey.get(`${date} ${key}`) ?? [];
    return hourSlots({ date, rows, since: this.#since.get(key) ?? "", nowLocal: this.nowLocal, ...this.#hours(date) });
  }

  #on(date: string): ReadonlyMap<string, Target> {
    const known =
      this.#targetsOn.get(date) ??
      new Map(this.targets.filter((target) => this.#isOn(target, date)).map((target) => [target.key, target]));
    this.#targetsOn.set(date, known);
    return known;
  }

  #isOn({ key, camera }: Target, date: string): boolean {
    const heard = this.#datesOf.get(camera);
    for (let back = 0; back <= FORGOTTEN_AFTER_DAYS; back += 1) {
      const earlier = addDays(date, -back);
      if (heard?.has(earlier)) return this.#datesOf.get(key)?.has(earlier) ?? false;
    }
    return false;
  }

  #hours(date: string): HoursOfDate {
    const known = this.#known.get(date) ?? {
      lengthsS: this.#zone.hourLengthsS(date),
      expectedS: this.expected.secondsOf(date),
    };
    this.#known.set(date, known);
    return known;
  }
}

/** The end of the last hour that was watched. */
function lastEnd(hourly: readonly TrafficRow[]): string | undefined {
  const starts = hourly.filter(isSeen).map((row) => row.localStart);
  const last = starts.sort().at(-1);
  return last && localAfter(last, HOUR_S);
}

interface HoursOfDate {
  readonly lengthsS: readonly number[];
  readonly expectedS: readonly number[];
}

function datesByKey(rows: readonly TrafficRow[]): ReadonlyMap<string, ReadonlySet<string>> {
  const dates = new Map<string, Set<string>>();
  for (const row of rows)
    for (const key of [targetKeyOf(row), cameraKeyOf(row)])
      dates.set(key, (dates.get(key) ?? new Set()).add(row.businessDate));
  return dates;
}

function firstByKey(rows: readonly TrafficRow[]): ReadonlyMap<string, string> {
  const first = new Map<string, string>();
  for (const row of rows) {
    const key = targetKeyOf(row);
    if (row.localStart < (first.get(key) ?? NEVER)) first.set(key, row.localStart);
  }
  return first;
}
