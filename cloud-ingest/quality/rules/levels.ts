import type { FlagKind, RuleContext } from "../flag.ts";
import { hourSpread } from "../scan/evenness.ts";
import { type LevelInterval, levelIntervals } from "../scan/level-intervals.ts";
import { ORDINARY, type SeriesState } from "../series-state.ts";

/** Steps and ramps of a series, found when the first rule asks. */
export function levelsOf({ state }: RuleContext): readonly LevelInterval[] {
  state.levels ??= levelIntervals(state);
  return state.levels;
}

/** Siblings that left the rest as well, from which on it is the world that splits (holidays empty offices and fill beaches). */
const MANY = 2;
/** How unlike hours may be anyway. */
const MOST_USUAL = 0.15;

/** True when all hours moved alike, as far as they do in the same number of dates before. */
function isEven(state: SeriesState, { from, to }: LevelInterval, height: number): boolean {
  const usual = Math.min(MOST_USUAL, hourSpread(state, Math.max(0, 2 * from - to), from));
  return hourSpread(state, from, to) <= Math.hypot(EVEN * height, usual);
}

/** Whole weeks of a year, back and forth: what happens at these dates each year is the season. */
const YEARS = [-364, 364];
/** Part of the deviation from which a sibling went along. */
const ALONG = 0.5;

/** Part of the deviation by which hours may differ: a counter loses its part of each hour, roadworks and fairs change some. */
const EVEN = 0.5;

/** Device or world: fewer people than foretold, or just twice as many, in this series and not in others that are like it. */
export function kindOf(level: LevelInterval, { state, all }: RuleContext): FlagKind {
  if (level.size > 0 && !isDoubling(level)) return "explained";
  const height = heightOf(level);
  if (!isEven(state, level, height)) return "explained";
  if (YEARS.some((days) => meanRest(state, { from: level.from + days, to: level.to + days }) / height > ALONG))
    return "explained";
  const along = state.siblings.filter((index) => meanRest(all[index]!, level) / height > ALONG);
  return along.length >= MANY ? "explained" : "device";
}

/** Mean log ratio. */
const heightOf = ({ shape, size, from, to }: LevelInterval) => (shape === "step" ? size : (size * (to - from)) / 2);

function meanRest(
  { own, common, calendar, isDoubted, days }: SeriesState,
  { from, to }: Pick<LevelInterval, "from" | "to">,
): number {
  let [sum, dates] = [0, 0];
  for (let day = Math.max(0, from); day < Math.min(to, days); day++) {
    const rest = own[day]! - common[day]!;
    if (Number.isNaN(rest) || calendar[day] !== ORDINARY || isDoubted[day] === 1) continue;
    sum += rest;
    dates++;
  }
  return dates === 0 ? 0 : sum / dates;
}

/** A step that a line crossed twice by each leaves: from 1.6 to 2.5 times (operations.md 4.1). */
export function isDoubling({ shape, size }: LevelInterval): boolean {
  return shape === "step" && size > Math.log(1.6) && size < Math.log(2.5);
}

/** Flag bodies in slots. */
export function slotsOf({ from, to }: LevelInterval, perDay: number): { readonly from: number; readonly to: number } {
  return { from: from * perDay, to: to * perDay };
}
