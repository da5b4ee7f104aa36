import { isWatched, type Slot } from "./slots.ts";
import type { Tally } from "./tally.ts";

/** A day against an earlier one, over the hours which were fully watched on both. */
export interface Comparison {
  readonly date: string;
  readonly hours: number;
  /** True when the hours compared are not all that the day has. */
  readonly isPart: boolean;
  readonly now: Tally;
  readonly before: Tally;
}

/** Hours of a line or zone on a date. */
export interface DayHours {
  readonly date: string;
  readonly slots: readonly Slot[];
  readonly sum: (slots: readonly Slot[]) => Tally;
}

/** Compares like with like; undefined when fewer than half of the day's watched hours were watched on both days. */
export function compareDays(day: DayHours, earlier: DayHours, nowLocal: string): Comparison | undefined {
  const pairs = day.slots.flatMap((slot, hour) => {
    const before = earlier.slots[hour];
    return before && isWhole(slot, nowLocal) && isWhole(before, nowLocal) ? [{ now: slot, before }] : [];
  });
  const watched = day.slots.filter(isWatched).length;
  if (pairs.length === 0 || pairs.length * 2 < watched) return undefined;
  return {
    date: earlier.date,
    hours: pairs.length,
    isPart: pairs.length < Math.max(watched, earlier.slots.filter(isWatched).length),
    now: day.sum(pairs.map((pair) => pair.now)),
    before: day.sum(pairs.map((pair) => pair.before)),
  };
}

function isWhole(slot: Slot, nowLocal: string): boolean {
  return slot.state === "observed" && nowLocal.slice(0, 13) !== slot.start.slice(0, 13);
}
