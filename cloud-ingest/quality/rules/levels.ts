import type { RuleContext } from "../flag.ts";
import { type LevelInterval, levelIntervals } from "../scan/level-intervals.ts";

/** Steps and ramps of a series, found when the first rule asks. */
export function levelsOf({ state }: RuleContext): readonly LevelInterval[] {
  state.levels ??= levelIntervals(state);
  return state.levels;
}

/** A step that a line crossed twice by each leaves: from 1.6 to 2.5 times (operations.md 4.1). */
export function isDoubling({ shape, size }: LevelInterval): boolean {
  return shape === "step" && size > Math.log(1.6) && size < Math.log(2.5);
}

/** Flag bodies in slots. */
export function slotsOf({ from, to }: LevelInterval, perDay: number): { readonly from: number; readonly to: number } {
  return { from: from * perDay, to: to * perDay };
}
