import type { Candidates } from "../../candidates.ts";

const STRIDES = [8, 16, 32, 64] as const;
/** Distances that a side may have from its point, 0 to 7 strides, each with its logit. */
export const DISTANCES = 8;

/** The point of each row, in pixels: the upper left corner of its cell. */
export interface NanodetGrid {
  readonly xs: Float32Array;
  readonly ys: Float32Array;
  readonly strides: Float32Array;
}

/** The grid of a frame of `width` x `height` pixels; a cell that the rim cuts off is one. */
export function createNanodetGrid(width: number, height: number): NanodetGrid {
  const points = STRIDES.flatMap((stride) => {
    const [columns, rows] = [Math.ceil(width / stride), Math.ceil(height / stride)];
    return Array.from({ length: columns * rows }, (_, i) => [
      (i % columns) * stride,
      Math.floor(i / columns) * stride,
      stride,
    ]);
  });
  const column = (k: number) => Float32Array.from(points, (point) => point[k] ?? 0);
  return { xs: column(0), ys: column(1), strides: column(2) };
}

/** Rows of `classes` probabilities and four times 8 logits: left, top, right, bottom. */
export interface NanodetOutput {
  readonly grid: NanodetGrid;
  readonly values: Float32Array;
  readonly classes: number;
}

/**
 * Collects persons, who are class 0: a side lies at the mean of its distribution (Li et al. 2020, Generalized Focal Loss). False
 * when a number that is used is not finite.
 */
export function decodeNanodet({ grid, values, classes }: NanodetOutput, minScore: number, found: Candidates): boolean {
  const length = classes + 4 * DISTANCES;
  let zero = 0;
  for (let i = 0, at = 0; i < grid.strides.length; i++, at += length) {
    const score = values[at]!;
    for (let k = classes; k < length; k++) zero += values[at + k]! * 0;
    zero += score * 0;
    if (!(score >= minScore) || !found.wants(score)) continue;
    const [x, y, stride] = [grid.xs[i]!, grid.ys[i]!, grid.strides[i]!];
    const sides = at + classes;
    found.add(
      score,
      x - stride * meanDistance(values, sides),
      y - stride * meanDistance(values, sides + DISTANCES),
      x + stride * meanDistance(values, sides + 2 * DISTANCES),
      y + stride * meanDistance(values, sides + 3 * DISTANCES),
    );
  }
  return zero === 0;
}

/** The mean of 0..7 under the softmax of eight logits; the largest is taken off first, so that no exponential overflows. */
function meanDistance(values: Float32Array, from: number): number {
  let most = Number.NEGATIVE_INFINITY;
  for (let k = 0; k < DISTANCES; k++) most = Math.max(most, values[from + k]!);
  let sum = 0;
  let weighted = 0;
  for (let k = 0; k < DISTANCES; k++) {
    const weight = Math.exp(values[from + k]! - most);
    sum += weight;
    weighted += k * weight;
  }
  return weighted / sum;
}
