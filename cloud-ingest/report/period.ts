import { addDays, type DateRange } from "../calendar.ts";
import { groupBy } from "../group-by.ts";
import type { TrafficRow } from "../warehouse/port.ts";
import { expectedDayS } from "./expected-hours.ts";
import { type Slot, type SlotState, WELL_WATCHED, watchedShare } from "./slots.ts";
import type { StoreHours } from "./store-hours.ts";
import type { StoreReport } from "./store-report.ts";
import { isRepaired, isSeen, sumTally, type Tally } from "./tally.ts";
import { type Target, targetKeyOf } from "./targets.ts";

const MAX_DAYS = 62;
const MAX_WEEKS_DAYS = 3 * 366;
const DAY_S = 86_400;

/** How a period is cut: into days, weeks from Monday or months. */
export type PeriodUnit = "day" | "week" | "month";

/** A period of one line or zone. */
export interface TargetPeriod {
  readonly target: Target;
  readonly slots: readonly Slot[];
  /** Share of the time that should have been watched, 0..1. */
  readonly share: number;
}

export interface Period {
  readonly unit: PeriodUnit;
  /** The range up to today, without the days before the first count. */
  readonly range: DateRange;
  readonly targets: readonly TargetPeriod[];
}

/** The days, weeks or months of the range; undefined when it is one day. */
export function periodOf(data: StoreReport, hours: StoreHours): Period | undefined {
  const dates = hours.datesIn(data.range);
  const [from, to] = [dates[0], dates.at(-1)];
  if (from === undefined || to === undefined || from === to) return undefined;
  const days = new PeriodDays(data, hours);
  const unit = unitOf(dates.length);
  const units = [...groupBy(dates, (date) => startOfUnit(date, unit)).values()];
  const targets = hours.targets.map((target) => {
    const slots = units.map((own) =>
      unitSlot(
        own.map((date) => days.slot(date, target)),
        { unit, own },
      ),
    );
    return { target, slots, share: watchedShare(slots) };
  });
  const isThere = ({ slots }: TargetPeriod) => slots.some((slot) => slot.state !== "closed");
  return { unit, range: { from, to }, targets: targets.filter(isThere) };
}

/** One line's or zone's days, from hours where these are read and from the days of the warehouse before. */
class PeriodDays {
  readonly #hours: StoreHours;
  readonly #hourDates: ReadonlySet<string>;
  readonly #tallies: ReadonlyMap<string, ReadonlyMap<string, Tally>>;
  readonly #longestS: ReadonlyMap<string, number>;
  readonly #expectedS = new Map<string, number>();

  constructor(data: StoreReport, hours: StoreHours) {
    this.#hours = hours;
    this.#hourDates = new Set(hours.rows.map((row) => row.businessDate));
    const rows = [...data.daily.filter((row) => !this.#hourDates.has(row.businessDate)), ...hours.rows];
    this.#tallies = new Map([...groupBy(rows, (row) => row.businessDate)].map(([date, own]) => [date, tallies(own)]));
    this.#longestS = new Map([...this.#tallies].map(([date, own]) => [date, longestS(own.values())]));
  }

  slot(date: string, { key }: Target): Slot {
    const tally = this.#tallies.get(date)?.get(key) ?? NOTHING;
    const dueS = this.#hours.isOn(date, key) ? this.#dueS(date, key, tally.observedS) : 0;
    const watched = dayState(isSeen(tally), dueS > 0 ? tally.observedS / dueS : 0, dueS);
    const state = isSeen(tally) && isRepaired(tally) ? "repaired" : watched;
    const isRunning = date === this.#hours.today && state !== "none" && state !== "closed";
    return { start: `${date}T00:00:00`, lengthS: DAY_S, dueS, tally, state: isRunning ? "running" : state };
  }

  #dueS(date: string, key: string, observedS: number): number {
    const known = this.#hourDates.has(date) || date === this.#hours.today;
    if (!known) return Math.max(observedS, this.#expectedDayS(date));
    return this.#hours.slots(date, key).reduce((sum, slot) => sum + slot.dueS, 0);
  }

  #expectedDayS(date: string): number {
    const known = this.#expectedS.get(date) ?? expectedDayS(this.#longestS, date);
    this.#expectedS.set(date, known);
    return known;
  }
}

const NOTHING = sumTally([]);

function tallies(rows: readonly TrafficRow[]): ReadonlyMap<string, Tally> {
  return new Map([...groupBy(rows, targetKeyOf)].map(([key, own]) => [key, sumTally(own)]));
}

function longestS(days: Iterable<Tally>): number {
  let most = 0;
  for (const { observedS } of days) most = Math.max(most, observedS);
  return most;
}

function dayState(isWatched: boolean, share: number, dueS: number): SlotState {
  if (isWatched) return share >= WELL_WATCHED ? "observed" : "partial";
  return dueS > 0 ? "none" : "closed";
}

/** Days as one slot; a unit of which the range holds only some days is partial, and one with today runs. */
function unitSlot(days: readonly Slot[], { unit, own }: { unit: PeriodUnit; own: readonly string[] }): Slot {
  const start = days[0]?.start ?? "";
  const lengthS = days.length * DAY_S;
  const tally = sumTally(days.map((day) => day.tally));
  const dueS = days.reduce((sum, day) => sum + day.dueS, 0);
  const isWatched = days.some((day) => day.state !== "none" && day.state !== "closed");
  const isRunning = days.some((day) => day.state === "running");
  const watched = dayState(isWatched, isWhole(own, unit) ? watchedShare(days) : 0, dueS);
  const state = isWatched && isWhole(own, unit) && isRepaired(tally) ? "repaired" : watched;
  return { start, lengthS, dueS, tally, state: isRunning ? "running" : state };
}

function isWhole(dates: readonly string[], unit: PeriodUnit): boolean {
  const [first = "", last = ""] = [dates[0], dates.at(-1)];
  const isFirst = startOfUnit(first, unit) === first;
  return isFirst && startOfUnit(addDays(last, 1), unit) !== startOfUnit(first, unit);
}

function unitOf(days: number): PeriodUnit {
  if (days <= MAX_DAYS) return "day";
  return days <= MAX_WEEKS_DAYS ? "week" : "month";
}

function startOfUnit(date: string, unit: PeriodUnit): string {
  if (unit === "day") return date;
  if (unit === "month") return `${date.slice(0, 7)}-01`;
  const sinceMonday = (new Date(date).getUTCDay() + 6) % 7;
  return addDays(date, -sinceMonday);
}
