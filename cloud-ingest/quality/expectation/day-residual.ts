import type { SeriesState } from "../series-state.ts";
import { TrimmedMean } from "./trimmed-mean.ts";

/** A date counts when hours with this part of its people were seen. */
const MIN_SEEN = 0.5;
/** Half a person: keeps the logarithm of an empty date finite (Jeffreys' prior of a Poisson rate). */
const HALF = 0.5;
/** A date on which fewer are expected says nothing alone. */
const MIN_EXPECTED = 1;

/** People that make a block of hours: enough for a logarithm. */
const BLOCK = 20;
/** Fewer blocks are one sum. */
const MIN_BLOCKS = 4;
/** Weight cut off at either end of a date's blocks. */
const TRIM = 0.25;
const blocks = new TrimmedMean(24);

/**
 * Fills `state.own`: log of counted over expected people, of the hours of a date that are believed and have a history; the
 * interquartile mean over its blocks of hours, as a broken counter loses its part of each hour and an event fills a few.
 */
export function fillOwn(state: SeriesState): void {
  for (let day = 0; day < state.days; day++) state.own[day] = ownOf(state, day);
}

function ownOf({ values, isOut, expected, perDay }: SeriesState, day: number): number {
  let [counted, hoped, seen, whole, total] = [0, 0, 0, 0, 0];
  blocks.clear();
  for (let slot = day * perDay; slot < (day + 1) * perDay; slot++) {
    const hope = expected[slot]!;
    if (!(hope >= 0)) continue;
    whole += hope;
    if (isOut[slot] === 1 || !(values[slot]! >= 0)) continue;
    seen += hope;
    hoped += hope;
    counted += values[slot]!;
    total += values[slot]!;
    if (hoped < BLOCK) continue;
    blocks.add(ratio(counted, hoped), Math.sqrt(hoped));
    [counted, hoped] = [0, 0];
  }
  if (whole < MIN_EXPECTED || seen < MIN_SEEN * whole) return Number.NaN;
  return blocks.count < MIN_BLOCKS ? ratio(total, seen) : blocks.mean(TRIM);
}

const ratio = (counted: number, hoped: number) => Math.log((counted + HALF) / (hoped + HALF));

/** People expected on a date, of all hours with a history. */
export function expectedOn({ expected, perDay }: SeriesState, day: number): number {
  let sum = 0;
  for (let slot = day * perDay; slot < (day + 1) * perDay; slot++) if (expected[slot]! >= 0) sum += expected[slot]!;
  return sum;
}
