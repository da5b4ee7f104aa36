import { addDays } from "../calendar.ts";
import { fillOwn } from "./expectation/day-residual.ts";
import { partnerName } from "./expectation/directions.ts";
import { fillDispersion } from "./expectation/dispersion.ts";
import { fillNoise } from "./expectation/noise.ts";
import { fillCommon } from "./expectation/siblings.ts";
import { fillExpected, NEAR, type Span, WIDE } from "./expectation/slot-expectation.ts";
import type { Flag, Rule, RuleContext } from "./flag.ts";
import { type DayNote, type Panel, SLOTS } from "./panel.ts";
import { LEVEL_RULES, ROW_RULES, SLOT_RULES, WORLD_RULES } from "./rules/rules.ts";
import { CLOSED, createState, EVENT, HOLIDAY, ORDINARY, type SeriesState, SHOCK } from "./series-state.ts";

/** What was found in a panel; raw values are as they were. */
export interface Judgement {
  /** By series and time. */
  readonly flags: readonly Flag[];
  /** By name, 1 where a value is missing or not believed. */
  readonly isMissing: readonly Uint8Array[];
  /** By name, people on an ordinary date such as this, by slot; NaN where the series has no history. */
  readonly expected: readonly Float64Array[];
}

/** Rounds in which levels are judged again without the dates that were doubted the time before. */
const ROUNDS = 5;

/**
 * Judges all series of a panel: rows, slots, levels, the world, in the order of `rules.ts`. Pure; the same panel gives the same flags.
 * `onStep` is told after each part how much is done, 0..1.
 */
export function judgePanel(panel: Panel, onStep: (share: number) => void = () => {}): Judgement {
  const all = statesOf(panel);
  const ask = (rules: readonly Rule[], state: SeriesState) => askRules(rules, { panel, state, all });
  const rowFlags = all.flatMap((state) => ask(ROW_RULES, state));
  for (const state of all) learn(state, WIDE);
  onStep(0.3);
  relate(panel, all);
  fillDispersion(all);
  const slotFlags = all.map((state) => ask(SLOT_RULES, state));
  all.forEach((state, index) => {
    if (slotFlags[index]!.length > 0) learn(state, WIDE);
  });
  onStep(0.5);
  const levelFlags = judgeLevels(panel, all, (share) => onStep(0.5 + 0.4 * share));
  const worldFlags = all.flatMap((state) => ask(WORLD_RULES, state));
  onStep(1);
  const flags = [...rowFlags, ...slotFlags.flat(), ...levelFlags, ...worldFlags];
  return {
    flags: inOrder(panel, flags),
    isMissing: all.map((state) => missingOf(state, flags)),
    expected: all.map(({ expected }) => expected),
  };
}

/** Levels of all series, again and again for those whose history or siblings were doubted the time before. */
function judgeLevels(panel: Panel, all: readonly SeriesState[], onStep: (share: number) => void): Flag[] {
  const flags: Flag[][] = all.map(() => []);
  let waiting = new Set(all.keys());
  for (let round = 0; round < ROUNDS && waiting.size > 0; round++) {
    relate(panel, all);
    for (const index of waiting) forget(all[index]!);
    for (const index of waiting) flags[index] = askRules(LEVEL_RULES, { panel, state: all[index]!, all });
    const changed = new Set([...waiting].filter((index) => doubt(all[index]!, flags[index]!)));
    const isTouched = ({ siblings }: SeriesState, index: number) =>
      changed.has(index) || siblings.some((other) => changed.has(other));
    waiting = new Set([...all.keys()].filter((index) => round === 0 || isTouched(all[index]!, index)));
    for (const index of round === 0 ? all.keys() : changed) learn(all[index]!, NEAR);
    onStep((round + 1) / ROUNDS);
  }
  return flags.flat();
}

function statesOf({ names, values, step, notes, from }: Panel): SeriesState[] {
  const indexes = new Map(names.map((name, index) => [name, index]));
  return names.map((name, index) => {
    const state = createState(name, values[index] ?? new Float64Array(0), SLOTS[step]);
    state.partner = indexes.get(partnerName(name) ?? "") ?? -1;
    for (let day = 0; day < state.days; day++) state.calendar[day] = codeOf(notes.get(addDays(from, day)));
    return state;
  });
}

/** The strongest word of the calendar; contradictory notes are no fault. */
function codeOf(note: DayNote | undefined): number {
  if (note === undefined) return ORDINARY;
  if (note.isClosed) return CLOSED;
  if (note.shock !== undefined) return SHOCK;
  if (note.event !== undefined) return EVENT;
  return note.holiday === undefined ? ORDINARY : HOLIDAY;
}

function learn(state: SeriesState, span: Span): void {
  fillExpected(state, span);
  fillOwn(state);
}

function relate(panel: Panel, all: readonly SeriesState[]): void {
  fillCommon(panel, all);
  for (const state of all) fillNoise(state);
}

function forget(state: SeriesState): void {
  state.levels = undefined;
  state.shifts.clear();
}

/** Asks the rules in their order; each sees what the one before has taken out. */
function askRules(rules: readonly Rule[], context: RuleContext): Flag[] {
  return rules.flatMap((rule) => {
    const flags = rule.find(context);
    if (!LEVEL_RULES.includes(rule)) for (const flag of flags) takeOut(context.state.isOut, flag);
    return flags;
  });
}

function takeOut(isOut: Uint8Array, { kind, isKept, from, to }: Flag): void {
  if (kind === "device" && !isKept) isOut.fill(1, from, to);
}

/** Doubts the dates that level rules flagged; false when they are those of the round before. */
function doubt({ isDoubted, perDay }: SeriesState, flags: readonly Flag[]): boolean {
  const before = isDoubted.slice();
  isDoubted.fill(0);
  for (const { kind, from, to } of flags)
    if (kind === "device") isDoubted.fill(1, Math.floor(from / perDay), Math.ceil(to / perDay));
  return before.some((value, day) => value !== isDoubted[day]);
}

function missingOf({ name, values, isOut }: SeriesState, flags: readonly Flag[]): Uint8Array {
  const isMissing = Uint8Array.from(values, (value, slot) => (isOut[slot] === 1 || !(value >= 0) ? 1 : 0));
  for (const flag of flags) if (flag.series === name) takeOut(isMissing, flag);
  return isMissing;
}

function inOrder({ names }: Panel, flags: readonly Flag[]): Flag[] {
  const order = new Map(names.map((name, index) => [name, index]));
  return [...flags].sort(
    (a, b) => (order.get(a.series) ?? 0) - (order.get(b.series) ?? 0) || a.from - b.from || a.to - b.to,
  );
}
