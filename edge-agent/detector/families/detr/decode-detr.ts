import type { Candidates } from "../../candidates.ts";

/** Class, box `[left, top, right, bottom]` in pixels and score of each thing; person is class 0. */
export interface Listed {
  readonly labels: Float32Array;
  readonly boxes: Float32Array;
  readonly scores: Float32Array;
}

/** Collects persons; false when a number that is used is not finite. */
export function decodeListed({ labels, boxes, scores }: Listed, minScore: number, found: Candidates): boolean {
  let zero = 0;
  for (let i = 0, at = 0; i < scores.length; i++, at += 4) {
    const score = scores[i]!;
    const [left, top, right, bottom] = [boxes[at]!, boxes[at + 1]!, boxes[at + 2]!, boxes[at + 3]!];
    zero += score * 0 + left * 0 + top * 0 + right * 0 + bottom * 0;
    if (labels[i] !== 0 || !(score >= minScore) || !found.wants(score)) continue;
    found.add(score, left, top, right, bottom);
  }
  return zero === 0;
}

/** Logits of each class, and centre x, centre y, width, height in parts of the frame, for each query. */
export interface Queries {
  readonly logits: Float32Array;
  readonly boxes: Float32Array;
  /** Of the frame, pixels. */
  readonly size: readonly [width: number, height: number];
  /** The class that person is. */
  readonly person: number;
  /** True when the probabilities of all classes, the last of which is "nothing", are 1 together. */
  readonly isSoftmax: boolean;
}

/** Collects persons; false when a number that is used is not finite. */
export function decodeQueries(queries: Queries, minScore: number, found: Candidates): boolean {
  const { logits, boxes, size, person, isSoftmax } = queries;
  const [width, height] = size;
  const count = boxes.length / 4;
  const classes = logits.length / count;
  let zero = 0;
  for (let i = 0, at = 0; i < count; i++, at += 4) {
    const logit = logits[i * classes + person]!;
    const score = isSoftmax ? softmaxOf(logits, i * classes, classes, person) : 1 / (1 + Math.exp(-logit));
    const x = boxes[at]! * width;
    const y = boxes[at + 1]! * height;
    const halfWidth = (boxes[at + 2]! * width) / 2;
    const halfHeight = (boxes[at + 3]! * height) / 2;
    zero += logit * 0 + score * 0 + x * 0 + y * 0 + halfWidth * 0 + halfHeight * 0;
    if (!(score >= minScore) || !found.wants(score)) continue;
    found.add(score, x - halfWidth, y - halfHeight, x + halfWidth, y + halfHeight);
  }
  return zero === 0;
}

/** Probability of one of `count` logits from `from` on; the largest is taken off first, so that no exponential overflows. */
function softmaxOf(logits: Float32Array, from: number, count: number, wanted: number): number {
  let most = Number.NEGATIVE_INFINITY;
  for (let k = 0; k < count; k++) most = Math.max(most, logits[from + k]!);
  let sum = 0;
  for (let k = 0; k < count; k++) sum += Math.exp(logits[from + k]! - most);
  return Math.exp(logits[from + wanted]! - most) / sum;
}
