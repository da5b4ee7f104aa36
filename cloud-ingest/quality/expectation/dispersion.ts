import { ORDINARY, type SeriesState } from "../series-state.ts";
import { median } from "./numbers.ts";

/** Hours summed: a run of zeros that means anything is about this long. */
const BLOCK = 3;
/** Blocks of fewer expected people tell of Poisson, not of k. */
const MIN_EXPECTED = 5;
/** Share of the widest deviations that are left out: faults that no rule has found yet. */
const TRIM = 0.001;
/** k below is no count any more; above, the rest is the counting itself. */
const RANGE = { least: 2, most: 10 } as const;
/** Classes of traffic by people on a date: their limits. */
const CLASSES = [30, 100, 300, 1000, 3000];
const DEFAULT = 4;

/** Fills `dispersion` with the median of its class of traffic, so that one odd or broken series does not set its own. */
export function fillDispersion(all: readonly SeriesState[]): void {
  const byClass = new Map<number, number[]>();
  const classes = all.map(classOf);
  all.forEach((state, i) => {
    const inverse = inverseK(state);
    if (Number.isFinite(inverse)) byClass.set(classes[i]!, [...(byClass.get(classes[i]!) ?? []), inverse]);
  });
  all.forEach((state, i) => {
    const inverse = median(byClass.get(classes[i]!) ?? []);
    state.dispersion = Number.isFinite(inverse) ? 1 / inverse : DEFAULT;
  });
}

function classOf({ expected, perDay }: SeriesState): number {
  let sum = 0;
  let slots = 0;
  for (const value of expected) {
    if (!(value >= 0)) continue;
    sum += value;
    slots++;
  }
  const people = slots === 0 ? 0 : (sum / slots) * perDay;
  return CLASSES.filter((limit) => people >= limit).length;
}

/** 1/k by moments: mean of (x/E - 1)^2 less the mean of 1/E, of blocks about what the day's siblings say. */
function inverseK({ values, expected, isOut, calendar, common, isDoubted, perDay, days }: SeriesState): number {
  const size = Math.min(BLOCK, perDay);
  const squares: number[] = [];
  let counting = 0;
  for (let day = 0; day < days; day++) {
    if (calendar[day] !== ORDINARY || isDoubted[day] === 1) continue;
    const moved = Math.exp(common[day]!);
    for (let from = day * perDay; from < (day + 1) * perDay; from += size) {
      let [hope, seen] = [0, 0];
      for (let slot = from; slot < from + size; slot++) {
        hope += isOut[slot] === 1 ? Number.NaN : expected[slot]! * moved;
        seen += values[slot]!;
      }
      if (!(hope >= MIN_EXPECTED && seen > 0)) continue;
      squares.push((seen / hope - 1) ** 2);
      counting += 1 / hope;
    }
  }
  if (squares.length < 50) return Number.NaN;
  const sorted = Float64Array.from(squares)
    .sort()
    .subarray(0, Math.ceil(squares.length * (1 - TRIM)));
  const inverse = sorted.reduce((sum, square) => sum + square, 0) / sorted.length - counting / squares.length;
  return Math.max(1 / RANGE.most, Math.min(inverse, 1 / RANGE.least));
}
