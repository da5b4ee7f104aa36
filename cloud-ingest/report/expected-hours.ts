import { addDays } from "../calendar.ts";
import { groupBy } from "../group-by.ts";
import type { TrafficRow } from "../warehouse/port.ts";
import { isSeen } from "./tally.ts";
import { cameraKeyOf } from "./targets.ts";

/** The days back that a date is held against: its own weekday in the four weeks before. */
export const WEEKS_BACK = [7, 14, 21, 28] as const;

const HOUR_S = 3600;
const HOURS = Array.from({ length: 24 }, (_, hour) => hour);

/**
 * When a store should be watched, for want of opening hours: as long as any of its cameras watched in that hour, on
 * that date or on the same weekday of the four weeks before.
 */
export class ExpectedHours {
  readonly #watched: ReadonlyMap<string, readonly number[]>;

  constructor(hourly: readonly TrafficRow[]) {
    const byDate = groupBy(hourly.filter(isSeen), (row) => row.businessDate);
    this.#watched = new Map([...byDate].map(([date, rows]) => [date, longestByHour(rows)]));
  }

  /** True when an earlier week tells what to expect of the date. */
  hasHistory(date: string): boolean {
    return WEEKS_BACK.some((back) => this.#watched.has(addDays(date, -back)));
  }

  /** Seconds expected in each hour 0..23; 0 = closed. Without history the hours between the first and the last are. */
  secondsOf(date: string): readonly number[] {
    const own = this.#watched.get(date);
    if (own && !this.hasHistory(date)) return filled(own);
    const days = daysLike(date, (day) => this.#watched.has(day)).map((day) => this.#watched.get(day));
    return HOURS.map((hour) => Math.max(own?.[hour] ?? 0, ...days.map((seconds) => seconds?.[hour] ?? 0)));
  }
}

/** Most seconds that any camera watched on the date or on the days like it; `longest`: what it was on each known date. */
export function expectedDayS(longest: ReadonlyMap<string, number>, date: string): number {
  const days = longest.has(date)
    ? WEEKS_BACK.map((back) => addDays(date, -back))
    : daysLike(date, (day) => longest.has(day));
  return Math.max(...[date, ...days].map((day) => longest.get(day) ?? 0));
}

/** The same weekday of the four weeks before; the week before where none of these is known, in a store's first days. */
function daysLike(date: string, isKnown: (date: string) => boolean): readonly string[] {
  const weeks = WEEKS_BACK.map((back) => addDays(date, -back));
  return weeks.some(isKnown) ? weeks : [1, 2, 3, 4, 5, 6].map((back) => addDays(date, -back));
}

function longestByHour(rows: readonly TrafficRow[]): readonly number[] {
  const longest = new Array<number>(24).fill(0);
  const byTarget = groupBy(rows, (row) => `${cameraKeyOf(row)} ${row.targetKind} ${row.targetId} ${row.localStart}`);
  for (const same of byTarget.values()) {
    const hour = Number(same[0]?.localStart.slice(11, 13));
    const observedS = same.reduce((sum, row) => sum + row.observedS, 0);
    longest[hour] = Math.max(longest[hour] ?? 0, observedS, 1);
  }
  return longest;
}

function filled(own: readonly number[]): readonly number[] {
  const isOpen = (seconds: number) => seconds > 0;
  const [first, last] = [own.findIndex(isOpen), own.findLastIndex(isOpen)];
  return own.map((seconds, hour) => (first < hour && hour < last ? Math.max(seconds, HOUR_S) : seconds));
}
