import { type Flag, flagOf, type Rule, type RuleContext } from "../flag.ts";
import { runsOf } from "../scan/runs.ts";
import { CLOSED } from "../series-state.ts";

/** An hour of the week that is there less often is one in which the place is closed. */
const USUAL = 0.25;
const WEEK = 7;
/** Hours in which clocks jump in almost every zone. */
const JUMP_BEFORE_HOUR = 4;

/** Slots without a value between the first and the last of a series, where others of the same hour of the week have one. */
export const gapRule: Rule = {
  name: "gap",
  version: 1,
  find: (context) => {
    const { values, calendar, perDay } = context.state;
    const [first, last] = [values.findIndex(isKnown), values.findLastIndex(isKnown)];
    if (first < 0) return [];
    const isUsual = usualSlots(values, perDay);
    const isMissing = (slot: number) =>
      slot > first && slot < last && !isKnown(values[slot]!) && isUsual[slot % (WEEK * perDay)] === 1;
    return runsOf(values.length, isMissing)
      .filter(({ from }) => calendar[Math.floor(from / perDay)] !== CLOSED)
      .map(({ from, to }) => gapFlag(context, from, to));
  },
};

const isKnown = (value: number) => !Number.isNaN(value);

function gapFlag(context: RuleContext, from: number, to: number): Flag {
  const { perDay } = context.state;
  const isClockJump = perDay > 1 && to - from === 1 && from % perDay < JUMP_BEFORE_HOUR;
  const evidence = { slots: to - from };
  return flagOf(gapRule, context, { from, to, kind: isClockJump ? "explained" : "device", confidence: 0.99, evidence });
}

/** By slot of the week from the panel's first date, 1 where a value is usual. */
function usualSlots(values: Float64Array, perDay: number): Uint8Array {
  const length = WEEK * perDay;
  const seen = new Uint32Array(length);
  const all = new Uint32Array(length);
  const [first, last] = [values.findIndex(isKnown), values.findLastIndex(isKnown)];
  for (let slot = first; slot <= last; slot++) {
    all[slot % length]!++;
    if (isKnown(values[slot]!)) seen[slot % length]!++;
  }
  return Uint8Array.from(seen, (count, i) => (count >= Math.max(2, USUAL * all[i]!) ? 1 : 0));
}
