// biome-ignore-all lint: debugging
import { addDays } from "../calendar.ts";
import { fillOwn } from "./expectation/day-residual.ts";
import { partnerName } from "./expectation/directions.ts";
import { fillDispersion } from "./expectation/dispersion.ts";
import { fillNoise } from "./expectation/noise.ts";
import { fillCommon } from "./expectation/siblings.ts";
import { fillExpected, NEAR, type Span, WIDE } from "./expectation/slot-expectation.ts";
import type { Flag, Rule } from "./flag.ts";
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

export const debugHook: { all: SeriesState[] } = { all: [] };

/** Rounds in which levels are judged again without the dates that were doubted the time before. */
const ROUNDS = 5;

/**
 * Judges all series of a panel: rows, slots, levels, the world, in the order of `rules.ts`. Pure; the same panel gives the same flags.
 * `onStep` is told after each part how much is done, 0..1.
 */
export function judgePanel(panel: Panel, onStep: (share: number) => void = () => {}): Judgement {
  const all = statesOf(panel);
  const found = new Map<Rule, Flag[]>();
  const ask = (rules: readonly Rule[], isTakenOut: boolean) => {
    for (const rule of rules) found.set(rule, askAll(panel, all, rule, isTakenOut));
  };
  ask(ROW_RULES, true);
  for (const state of all) learn(state, WIDE);
  onStep(0.3);
  relate(panel, all);
  ask(SLOT_RULES, true);
  onStep(0.4);
  for (let round = 0; round < ROUNDS; round++) {
    for (const state of all) if (round < 2 || isChanged(state)) learn(state, round === 0 ? WIDE : NEAR);
    relate(panel, all);
    ask(LEVEL_RULES, false);
    for (const st of all)
      if (st.name === process.env.DBG)
        console.log(
          round,
          st.slowSigma,
          (found.get(LEVEL_RULES[2]!) ?? [])
            .concat(found.get(LEVEL_RULES[3]!) ?? [], found.get(LEVEL_RULES[4]!) ?? [])
            .filter((f) => f.series === st.name)
            .map((f) => [f.from / 24, f.to / 24, f.kind, f.rule, JSON.stringify(f.evidence)].join(" ")),
        );
    const flags = LEVEL_RULES.flatMap((rule) => found.get(rule) ?? []);
    if (!doubt(all, flags) && round > 0) break;
    onStep(0.5 + (0.4 * round) / ROUNDS);
  }
  ask(WORLD_RULES, false);
  debugHook.all = all;
  onStep(1);
  const flags = [...found.values()].flat();
  return {
    flags: inOrder(panel, flags),
    isMissing: all.map((state) => missingOf(state, flags)),
    expected: all.map(({ expected }) => expected),
  };
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
  for (const state of all) {
    fillNoise(state);
    state.levels = undefined;
    state.shifts.clear();
  }
  fillDispersion(all);
}

function askAll(panel: Panel, all: readonly SeriesState[], rule: Rule, isTakenOut: boolean): Flag[] {
  return all.flatMap((state) => {
    const flags = rule.find({ panel, state, all });
    if (isTakenOut) for (const flag of flags) takeOut(state.isOut, flag);
    return flags;
  });
}

function takeOut(isOut: Uint8Array, { kind, isKept, from, to }: Flag): void {
  if (kind === "device" && !isKept) isOut.fill(1, from, to);
}

const isChanged = (state: SeriesState) => state.isDoubted.includes(1);

/** Sets the dates that level rules flagged; false when they are those of the round before. */
function doubt(all: readonly SeriesState[], flags: readonly Flag[]): boolean {
  let isNew = false;
  for (const state of all) {
    const before = state.isDoubted.slice();
    state.isDoubted.fill(0);
    for (const { series, kind, from, to } of flags)
      if (series === state.name && kind === "device")
        state.isDoubted.fill(1, Math.floor(from / state.perDay), Math.ceil(to / state.perDay));
    isNew ||= before.some((value, day) => value !== state.isDoubted[day]);
  }
  return isNew;
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
