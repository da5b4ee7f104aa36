import { isWatched, type Slot, WELL_WATCHED } from "./slots.ts";
import { sumTally, type Tally } from "./tally.ts";

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
}

/** Compares like with like; undefined when too few of the day's past hours were as long and whole on both days. */
export function compareDays(day: DayHours, earlier: DayHours): Comparison | undefined {
  const pairs = day.slots.flatMap((now, hour) => {
    const before = earlier.slots[hour];
    const isLike = now.state === "observed" && before?.state === "observed" && now.lengthS === before.lengthS;
    return isLike ? [{ now, before }] : [];
  });
  const past = day.slots.filter(({ state }) => state === "observed" || state === "partial" || state === "none").length;
  const isEnough = past - pairs.length <= Math.max(1, (1 - WELL_WATCHED) * past);
  if (pairs.length === 0 || !isEnough) return undefined;
  return {
    date: earlier.date,
    hours: pairs.length,
    isPart: pairs.length < Math.max(watched(day.slots), watched(earlier.slots)),
    now: sumTally(pairs.map((pair) => pair.now.tally)),
    before: sumTally(pairs.map((pair) => pair.before.tally)),
  };
}

function watched(slots: readonly Slot[]): number {
  return slots.filter(isWatched).length;
}
