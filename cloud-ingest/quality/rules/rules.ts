import type { Rule } from "../flag.ts";
import { calendarRule } from "./calendar.ts";
import { clockShiftRule } from "./clock-shift.ts";
import { deadRule } from "./dead.ts";
import { doubleCountRule } from "./double-count.ts";
import { driftRule } from "./drift.ts";
import { duplicateRule } from "./duplicate.ts";
import { flatLineRule } from "./flat-line.ts";
import { gapRule } from "./gap.ts";
import { impossibleRule } from "./impossible.ts";
import { partialRule } from "./partial.ts";
import { repeatedDayRule } from "./repeated-day.ts";
import { reversedLineRule } from "./reversed-line.ts";
import { shockRule } from "./shock.ts";
import { siblingStepRule } from "./sibling-step.ts";

/** Read off the rows alone, before anything is expected. */
export const ROW_RULES: readonly Rule[] = [duplicateRule, impossibleRule, gapRule];

/** Single slots against what is expected in them; each takes out what it flags. */
export const SLOT_RULES: readonly Rule[] = [deadRule, flatLineRule, partialRule, repeatedDayRule];

/** Stretches of dates against the siblings; what they flag is judged again without it as history. */
export const LEVEL_RULES: readonly Rule[] = [
  clockShiftRule,
  reversedLineRule,
  siblingStepRule,
  doubleCountRule,
  driftRule,
];

/** What the world explains. */
export const WORLD_RULES: readonly Rule[] = [calendarRule, shockRule];
