import { addDays, type DateRange, datesOf, hourLengthsS, wallClock } from "../calendar.ts";
import { groupBy } from "../group-by.ts";
import type { TrafficRow } from "../warehouse/port.ts";
import { fillDates, hoursOf } from "./aggregate.ts";
import { type Comparison, compareDays } from "./comparison.ts";
import { type Coverage, hourlyCoverage, windowCoverage } from "./coverage.ts";
import { fineSlots, fineSpanOf } from "./fine-slots.ts";
import { hourSlots, isWatched, type Slot } from "./slots.ts";
import type { StorePageData } from "./store-page-data.ts";
import { sumTally, type Tally } from "./tally.ts";
import { type Target, targetKeyOf, targetsOf } from "./targets.ts";

/** Days that a page shows hour by hour: the last of its range. */
export const MAX_DAYS_SHOWN = 7;

const WEEKS_BACK = [7, 14, 21, 28] as const;
const FEW_HOURS = 2;

/** One line or zone on one day. */
export interface TargetDay {
  readonly target: Target;
  readonly total: Tally;
  readonly hours: readonly Slot[];
  /** Short steps instead of hours, when the day has only a few hours of data. */
  readonly fine?: readonly Slot[];
  readonly comparison?: Comparison;
}

/** A business date of the store. */
export interface StoreDay {
  readonly date: string;
  readonly isToday: boolean;
  readonly targets: readonly TargetDay[];
  readonly coverage: readonly Coverage[];
}

/** The days which a page shows hour by hour, oldest first; a day without counts between others is there, empty. */
export function storeDaysOf(data: StorePageData): readonly StoreDay[] {
  const nowLocal = wallClock(data.store.timeZone)(data.generatedAt.getTime());
  const hourly = fillDates(data.hourly, hoursOf(data.windows));
  const days = new DayBuilder({ data, hourly, nowLocal });
  return shownDates(data.range, hourly).map((date) => days.build(date));
}

/** The last dates of the range, without those before the first and after the last count. */
function shownDates(range: DateRange, hourly: readonly TrafficRow[]): readonly string[] {
  const known = new Set(hourly.map((row) => row.businessDate));
  const dates = datesOf(range).slice(-MAX_DAYS_SHOWN);
  const isKnown = (date: string) => known.has(date);
  const first = dates.findIndex(isKnown);
  return first < 0 ? [] : dates.slice(first, dates.findLastIndex(isKnown) + 1);
}

/** True when the rows of a date cover so few hours that bars by the hour would say little. */
export function hasFewHours(rows: readonly TrafficRow[]): boolean {
  return new Set(rows.filter((row) => row.observedS > 0).map((row) => row.localStart)).size <= FEW_HOURS;
}

interface DayInput {
  readonly data: StorePageData;
  readonly hourly: readonly TrafficRow[];
  readonly nowLocal: string;
}

class DayBuilder {
  readonly #input: DayInput;
  readonly #hoursByDate: ReadonlyMap<string, readonly TrafficRow[]>;
  readonly #windowsByDate: ReadonlyMap<string, readonly TrafficRow[]>;
  readonly #lengths = new Map<string, readonly number[]>();

  constructor(input: DayInput) {
    this.#input = input;
    this.#hoursByDate = groupBy(input.hourly, (row) => row.businessDate);
    this.#windowsByDate = groupBy(input.data.windows, (row) => row.businessDate);
  }

  build(date: string): StoreDay {
    const rows = this.#hoursByDate.get(date) ?? [];
    const windows = hasFewHours(rows) ? (this.#windowsByDate.get(date) ?? []) : [];
    const targets = targetsOf(rows).map((target) => this.#targetDay(date, target, windows));
    const coverage = windows.length > 0 ? windowCoverage(windows) : hourlyCoverage(rows, this.#lengthsS(date));
    return { date, isToday: this.#input.nowLocal.startsWith(date), targets, coverage };
  }

  #targetDay(date: string, target: Target, windows: readonly TrafficRow[]): TargetDay {
    const hours = this.#slots(date, target.key);
    const comparison = this.#comparison(date, target.key, hours);
    const fine = this.#fine(target.key, windows);
    const total = sumTally(hours.map((slot) => slot.tally));
    return { target, total, hours, ...(fine && { fine }), ...(comparison && { comparison }) };
  }

  #fine(key: string, windows: readonly TrafficRow[]): readonly Slot[] | undefined {
    const span = fineSpanOf(windows);
    const own = windows.filter((row) => targetKeyOf(row) === key);
    return span && fineSlots(own, span, this.#input.nowLocal);
  }

  #comparison(date: string, key: string, slots: readonly Slot[]): Comparison | undefined {
    const sum = (part: readonly Slot[]) => sumTally(part.map((slot) => slot.tally));
    for (const back of WEEKS_BACK) {
      const earlier = addDays(date, -back);
      if (!this.#hoursByDate.has(earlier)) continue;
      const slotsThen = this.#slots(earlier, key);
      const found = compareDays({ date, slots, sum }, { date: earlier, slots: slotsThen, sum }, this.#input.nowLocal);
      if (found && slotsThen.some(isWatched)) return found;
    }
    return undefined;
  }

  #slots(date: string, key: string): readonly Slot[] {
    const rows = (this.#hoursByDate.get(date) ?? []).filter((row) => targetKeyOf(row) === key);
    return hourSlots({ date, rows, lengthsS: this.#lengthsS(date), nowLocal: this.#input.nowLocal });
  }

  #lengthsS(date: string): readonly number[] {
    const lengths = this.#lengths.get(date) ?? hourLengthsS(date, this.#input.data.store.timeZone);
    this.#lengths.set(date, lengths);
    return lengths;
  }
}
