import type { SeriesState } from "../series-state.ts";

/** A date counts when hours with this part of its people were seen. */
const MIN_SEEN = 0.5;
/** Half a person: keeps the logarithm of an empty date finite (Jeffreys' prior of a Poisson rate). */
const HALF = 0.5;
/** A date on which fewer are expected says nothing alone. */
const MIN_EXPECTED = 1;

/** Fills `state.own`: log of counted over expected people, of the hours of a date that are believed and have a history. */
export function fillOwn(state: SeriesState): void {
  for (let day = 0; day < state.days; day++) state.own[day] = ownOf(state, day);
}

function ownOf({ values, isOut, expected, perDay }: SeriesState, day: number): number {
  let counted = 0;
  let seen = 0;
  let whole = 0;
  for (let slot = day * perDay; slot < (day + 1) * perDay; slot++) {
    const hope = expected[slot]!;
    if (!(hope >= 0)) continue;
    whole += hope;
    if (isOut[slot] === 1 || !(values[slot]! >= 0)) continue;
    seen += hope;
    counted += values[slot]!;
  }
  if (whole < MIN_EXPECTED || seen < MIN_SEEN * whole) return Number.NaN;
  return Math.log((counted + HALF) / (seen + HALF));
}

/** People expected on a date, of all hours with a history. */
export function expectedOn({ expected, perDay }: SeriesState, day: number): number {
  let sum = 0;
  for (let slot = day * perDay; slot < (day + 1) * perDay; slot++) if (expected[slot]! >= 0) sum += expected[slot]!;
  return sum;
}
