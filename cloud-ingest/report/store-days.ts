import { addDays, datesOf } from "../calendar.ts";
import { groupBy } from "../group-by.ts";
import type { TrafficRow } from "../warehouse/port.ts";
import { type Comparison, compareDays } from "./comparison.ts";
import { type Coverage, coverageOf, longestWatched } from "./coverage.ts";
import { WEEKS_BACK } from "./expected-hours.ts";
import { fineSlots, fineSpanOf } from "./fine-slots.ts";
import { type PlaceDay, placeDaysOf } from "./occupancy/place-days.ts";
import { UNKNOWN_PREMISES } from "./occupancy/premises.ts";
import { type Slot, WELL_WATCHED } from "./slots.ts";
import type { StoreHours } from "./store-hours.ts";
import type { StoreReport } from "./store-report.ts";
import { isSeen, sumTally, type Tally } from "./tally.ts";
import { type Target, targetKeyOf } from "./targets.ts";

/** Days that a page shows hour by hour: the last of its range. */
export const MAX_DAYS_SHOWN = 7;

const FEW_HOURS = 2;
/** As many as `loadStoreReport` reads. */
const HISTORY_DAYS = 28;

/** One line or zone on one day. */
export interface TargetDay {
  readonly target: Target;
  /** Hours, or short steps when the day has only a few hours of data. */
  readonly slots: readonly Slot[];
  readonly isFine: boolean;
  /** The sum of the slots. */
  readonly total: Tally;
  readonly coverage: Coverage;
  /** Left out when the day was watched too little. */
  readonly comparison?: Comparison;
}

/** How far a camera was watched on a day. */
export interface CameraDay extends Coverage {
  readonly camera: string;
}

/** A business date of the store. */
export interface StoreDay {
  readonly date: string;
  readonly isToday: boolean;
  readonly targets: readonly TargetDay[];
  readonly cameras: readonly CameraDay[];
  /** How many people were inside, where it can be told from the lines. */
  readonly places: readonly PlaceDay[];
}

/** The days which a page shows hour by hour, oldest first; a day without counts is there, and says so. */
export function storeDaysOf(report: StoreReport, hours: StoreHours): readonly StoreDay[] {
  const { range, windows } = report;
  const windowsOf = groupBy(windows, (row) => row.businessDate);
  const dates = hours.datesIn(range).slice(-MAX_DAYS_SHOWN);
  const placesOf = groupBy(placesIn(report, hours, dates), ({ date }) => date);
  return dates.map((date) => ({
    ...storeDay(hours, date, windowsOf.get(date) ?? []),
    places: placesOf.get(date) ?? [],
  }));
}

/** With the weeks before, which tell how to correct a day that is not over. */
function placesIn(
  { after = [], premises = UNKNOWN_PREMISES }: StoreReport,
  hours: StoreHours,
  shown: readonly string[],
) {
  const [first, last] = [shown[0], shown.at(-1)];
  if (first === undefined || last === undefined) return [];
  const dates = datesOf({ from: addDays(first, -HISTORY_DAYS), to: last });
  return placeDaysOf({ rows: [...hours.rows, ...after], dates, premises, nowLocal: hours.nowLocal });
}

/** True when the rows of a date cover so few hours that bars by the hour would say little. */
export function hasFewHours(rows: readonly TrafficRow[]): boolean {
  return new Set(rows.filter(isSeen).map((row) => row.localStart.slice(0, 13))).size <= FEW_HOURS;
}

function storeDay(hours: StoreHours, date: string, windows: readonly TrafficRow[]): Omit<StoreDay, "places"> {
  const isFine = windows.length > 0 && hasFewHours(windows) && !hours.expected.hasHistory(date);
  const targets = hours.targetsOn(date).map((target) => targetDay(hours, { date, target, windows, isFine }));
  const cameras = [...groupBy(targets, ({ target }) => target.camera)]
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([camera, own]) => ({ camera, ...coverageOf(longestWatched(own.map(({ slots }) => slots)), hours.nowLocal) }));
  return { date, isToday: date === hours.today, targets, cameras };
}

interface DayInput {
  readonly date: string;
  readonly target: Target;
  readonly windows: readonly TrafficRow[];
  readonly isFine: boolean;
}

function targetDay(hours: StoreHours, { date, target, windows, isFine }: DayInput): TargetDay {
  const slots = (isFine && fineSlotsOf(hours, target.key, windows)) || hours.slots(date, target.key);
  const coverage = coverageOf(slots, hours.nowLocal);
  const comparison = isFine || coverage.share < WELL_WATCHED ? undefined : comparisonOf(hours, { date, target, slots });
  const total = sumTally(slots.map((slot) => slot.tally));
  return { target, slots, isFine, total, coverage, ...(comparison && { comparison }) };
}

function fineSlotsOf(hours: StoreHours, key: string, windows: readonly TrafficRow[]): readonly Slot[] | undefined {
  const span = fineSpanOf(windows);
  const own = windows.filter((row) => targetKeyOf(row) === key);
  return span && fineSlots(own, span, hours.nowLocal);
}

interface DaySlots {
  readonly date: string;
  readonly target: Target;
  readonly slots: readonly Slot[];
}

function comparisonOf(hours: StoreHours, { date, target, slots }: DaySlots): Comparison | undefined {
  for (const back of WEEKS_BACK) {
    const earlier = addDays(date, -back);
    const found = compareDays({ date, slots }, { date: earlier, slots: hours.slots(earlier, target.key) });
    if (found) return found;
  }
  return undefined;
}
