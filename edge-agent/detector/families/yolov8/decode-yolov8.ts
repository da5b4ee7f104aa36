import type { Candidates } from "../../candidates.ts";

/** `count` boxes of `length` numbers: centre x, centre y, width, height in pixels, maybe objectness, then a score a class. */
export interface Yolov8Output {
  readonly values: Float32Array;
  readonly count: number;
  readonly length: number;
  /** From one box to the next. */
  readonly boxStep: number;
  /** From one number of a box to the next. */
  readonly numberStep: number;
  readonly hasObjectness: boolean;
}

/** Collects persons, who are class 0; false when a number that is used is not finite. */
export function decodeYolov8(output: Yolov8Output, minScore: number, found: Candidates): boolean {
  const { values, count, boxStep, numberStep, hasObjectness } = output;
  let zero = 0;
  for (let i = 0, at = 0; i < count; i++, at += boxStep) {
    const x = values[at]!;
    const y = values[at + numberStep]!;
    const halfWidth = values[at + 2 * numberStep]! / 2;
    const halfHeight = values[at + 3 * numberStep]! / 2;
    const first = values[at + 4 * numberStep]!;
    const score = hasObjectness ? first * values[at + 5 * numberStep]! : first;
    zero += x * 0 + y * 0 + halfWidth * 0 + halfHeight * 0 + score * 0;
    if (!(score >= minScore) || !found.wants(score)) continue;
    found.add(score, x - halfWidth, y - halfHeight, x + halfWidth, y + halfHeight);
  }
  return zero === 0;
}
