import type { Candidates } from "../../candidates.ts";

/** Outputs of the `ssd` family: anchor i's person score, and its box `[left, top, right, bottom]` at 4i..4i+3. */
export interface SsdOutput {
  readonly boxes: Float32Array;
  readonly scores: Float32Array;
}

/** Collects the boxes with at least `minScore`; false when a number is not finite, and then nothing of the picture is known. */
export function decodeSsd(output: SsdOutput, minScore: number, found: Candidates): boolean {
  const { boxes, scores } = output;
  let zero = 0;
  for (let i = 0; i < scores.length; i++) {
    const score = scores[i]!;
    zero += score * 0 + boxes[4 * i]! * 0 + boxes[4 * i + 1]! * 0 + boxes[4 * i + 2]! * 0 + boxes[4 * i + 3]! * 0;
    if (!(score >= minScore) || !found.wants(score)) continue;
    found.add(score, boxes[4 * i]!, boxes[4 * i + 1]!, boxes[4 * i + 2]!, boxes[4 * i + 3]!);
  }
  return zero === 0;
}
