import { median } from "../../quality/expectation/numbers.ts";
import type { DateTable } from "../port.ts";
import { stepsOf } from "./steps.ts";
import { rescaleStretches } from "./stretches.ts";

const YEAR = 364;
/** Years back that the same season is looked for. */
const MOST_YEARS = 3;
/** Shorter shocks leave the level where it was; those with so few dates between them are one. */
const LEAST_SHOCK = 21;
const JOINED = 14;
/** Pairs of dates that a ratio needs, and how many "nothing has changed" is worth. */
const LEAST_PAIRS = 7;
const NO_CHANGE = 7;
/** Dates that tell what is now. */
const NOW = 182;
/** Dates on either side of a boundary, where no year before can be asked. */
const BESIDE = 56;

/**
 * Brings what was counted before a shock or a step to the level of now, in place, so that seasons and weekdays of those years still teach. The ratio
 * is that of the same dates of other years where there are any, as a season must not be taken for a change; else of the weeks on both sides.
 */
export function rescaleShocks(values: Float64Array, dates: DateTable): void {
  rescaleStretches(values);
  const bounds = boundsOf(values, dates);
  const now = bounds.at(-1);
  if (now === undefined) return;
  const starts = [0, ...bounds];
  for (let k = starts.length - 2; k >= 0; k--) {
    const part = { from: starts[k]!, to: starts[k + 1]! };
    const ratio = sameSeason(values, part, now) ?? beside(values, part.to);
    for (let day = part.from; day < part.to; day++) values[day]! *= Math.exp(ratio);
  }
}

/** First dates of stretches with one level: ends of shocks, and steps that nobody announced. */
function boundsOf(values: Float64Array, { isShock }: DateTable): number[] {
  const ends: number[] = [];
  let [first, last] = [-1, -1];
  const close = () => {
    if (first >= 0 && last - first + 1 >= LEAST_SHOCK) ends.push(last + 1);
    first = -1;
  };
  for (let day = 0; day < values.length; day++) {
    if (isShock[day] !== 1) continue;
    if (first >= 0 && day - last > JOINED) close();
    if (first < 0) first = day;
    last = day;
  }
  close();
  const found = stepsOf(values).filter((day) => ends.every((end) => Math.abs(end - day) > 2 * BESIDE));
  return [...ends.filter((end) => end < values.length), ...found].sort((a, b) => a - b);
}

interface Part {
  readonly from: number;
  readonly to: number;
}

/** Log ratio of now to the same dates of earlier years within a part; undefined where too few are known. */
function sameSeason(values: Float64Array, { from, to }: Part, now: number): number | undefined {
  const ratios: number[] = [];
  for (let day = Math.max(now, values.length - NOW); day < values.length; day++)
    for (let year = 1; year <= MOST_YEARS; year++) {
      const then = day - year * YEAR;
      if (then >= from && then < to) pushRatio(ratios, values[day]!, values[then]!);
    }
  return ratios.length < LEAST_PAIRS ? undefined : (median(ratios) * ratios.length) / (ratios.length + NO_CHANGE);
}

/** Log ratio of the weeks behind a boundary to those before it, weekday by weekday; 0 where too few are known. */
function beside(values: Float64Array, at: number): number {
  const ratios: number[] = [];
  for (let day = at; day < Math.min(values.length, at + BESIDE); day++)
    for (let back = 7; back <= BESIDE + JOINED; back += 7)
      if (day - back < at) pushRatio(ratios, values[day]!, values[day - back]!);
  return ratios.length < LEAST_PAIRS ? 0 : (median(ratios) * ratios.length) / (ratios.length + NO_CHANGE);
}

function pushRatio(ratios: number[], after: number, before: number): void {
  if (after > 0 && before > 0) ratios.push(Math.log(after / before));
}
