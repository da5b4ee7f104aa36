import { decayOf } from "../decay.ts";
import { evidenceWeights } from "../evidence-weights.ts";
import { BOUND, BoundedLevel, noiseOf } from "./robust.ts";

/** Today's level of a series without shape, as it is best told for dates that are near and far. */
export interface Levels {
  /** For the first week. */
  readonly near: number;
  /** From the third week on. */
  readonly far: number;
}

/** Half-lives that are tried: a week's news to a quarter's habit. */
const HALF_LIVES = [3, 6, 12, 24, 48] as const;
/** Dates ahead that near and far are judged by. */
const WINDOWS = { near: [0, 7], far: [7, 28] } as const;
/** Errors of a year back count half. */
const EVIDENCE_HALF_LIFE = 180;
/** Weight ~ error ^ -SHARPNESS. */
const SHARPNESS = 12;
/** Origins that equal weights are worth. */
const EQUAL = 4;
const EVERY = 3;
const WARM_UP = 28;

/** Weights of the half-lives, by the errors that exponential smoothing with each had on the series itself (Brown 1959). */
export interface LevelWeights {
  readonly near: Float64Array;
  readonly far: Float64Array;
}

/** Levels by date and half-life: what smoothing says before the date. NaN until something is known. */
export function smoothed(flat: Float64Array, weights: Float64Array): Float64Array[] {
  const limit = BOUND * noiseOf(flat);
  return HALF_LIVES.map((halfLife) => {
    const level = new BoundedLevel(halfLife, limit);
    const levels = new Float64Array(flat.length + 1).fill(Number.NaN);
    for (let day = 0; day < flat.length; day++) {
      level.add(flat[day]!, weights[day]!);
      levels[day + 1] = level.level;
    }
    return levels;
  });
}

export function levelWeights(flat: Float64Array, levels: readonly Float64Array[]): LevelWeights {
  return { near: weightsFor(flat, levels, WINDOWS.near), far: weightsFor(flat, levels, WINDOWS.far) };
}

/** The levels at the end of a date, as weights mix them; NaN where nothing is known. */
export function levelsAt(levels: readonly Float64Array[], { near, far }: LevelWeights, day: number): Levels {
  const mix = (weights: Float64Array) =>
    levels.reduce((sum, level, i) => sum + weights[i]! * (level[day] ?? Number.NaN), 0);
  return { near: mix(near), far: mix(far) };
}

/** The level for a date so many days ahead: near, far, and a straight line between. */
export function levelAhead({ near, far }: Levels, h: number): number {
  const share = Math.min(1, Math.max(0, (h - 6) / 14));
  return near + share * (far - near);
}

function weightsFor(
  flat: Float64Array,
  levels: readonly Float64Array[],
  [from, to]: readonly [number, number],
): Float64Array {
  const errors = new Float64Array(levels.length);
  const decay = decayOf(EVIDENCE_HALF_LIFE, flat.length);
  let count = 0;
  for (let day = flat.length - from - 1; day >= WARM_UP; day -= EVERY) {
    const truth = meanOf(flat, day + from, Math.min(flat.length, day + to));
    if (Number.isNaN(truth) || levels.some((level) => Number.isNaN(level[day]!))) continue;
    const weight = decay[flat.length - day]!;
    count++;
    for (let i = 0; i < levels.length; i++) errors[i]! += weight * Math.abs(truth - levels[i]![day]!);
  }
  return evidenceWeights(errors, { sharpness: SHARPNESS, judged: count, equal: EQUAL });
}

function meanOf(values: Float64Array, from: number, to: number): number {
  let [sum, count] = [0, 0];
  for (let day = from; day < to; day++) {
    if (Number.isNaN(values[day]!)) continue;
    sum += values[day]!;
    count++;
  }
  return count > 0 ? sum / count : Number.NaN;
}
