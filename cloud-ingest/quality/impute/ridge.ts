// biome-ignore-all lint/style/noNonNullAssertion: a numeric folder, as those of the edge (style 15).

import { solveInPlace } from "./linear-algebra.ts";
import type { ImputeOptions } from "./options.ts";

/** Rows x columns of a regression, row by row; `weight` 0 keeps a row out. */
export interface Rows {
  readonly columns: number;
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly weight: Float64Array;
  /** Rows of a block that is left out together, so that neighbours in time do not vouch for each other. */
  readonly block: number;
}

export interface RidgeFit {
  readonly coefficients: Float64Array;
  /** Per row: y less what the other blocks predict; NaN where the weight is 0. */
  readonly leftOut: Float64Array;
}

interface Sums {
  /** Per block a lower triangle of X'WX of columns x columns, then X'Wy; the last block holds the total. */
  readonly gram: Float64Array[];
  readonly moment: Float64Array[];
}

/**
 * Robust ridge regression without a constant: the penalty is the one whose predictions of left-out blocks have the least weighted
 * absolute error (Hoerl and Kennard 1970; cross-validation by blocks), outliers are down-weighted by Huber's rule (1964).
 */
export function fitRidge(rows: Rows, options: ImputeOptions): RidgeFit {
  let sums = sumsOf(rows, rows.weight);
  let best = bestPenalty(rows, sums, options.penalties);
  for (let round = 0; round < options.reweightings; round++) {
    sums = sumsOf(rows, huberWeights(rows, best.leftOut, options.regressionBound));
    const isLast = round === options.reweightings - 1;
    best = isLast ? bestPenalty(rows, sums, options.penalties) : leaveOut(rows, sums, best.penalty);
  }
  return { coefficients: solved(sums, -1, best.penalty, rows.columns), leftOut: best.leftOut };
}

interface LeftOut {
  readonly penalty: number;
  readonly leftOut: Float64Array;
  readonly loss: number;
}

function bestPenalty(rows: Rows, sums: Sums, penalties: readonly number[]): LeftOut {
  let best: LeftOut | undefined;
  for (const penalty of penalties) {
    const found = leaveOut(rows, sums, penalty);
    if (best === undefined || found.loss < best.loss) best = found;
  }
  return best ?? leaveOut(rows, sums, 1);
}

function leaveOut(rows: Rows, sums: Sums, penalty: number): LeftOut {
  const { columns, x, y, weight, block } = rows;
  const leftOut = new Float64Array(y.length).fill(Number.NaN);
  let loss = 0;
  for (let b = 0; b * block < y.length; b++) {
    const coefficients = solved(sums, b, penalty, columns);
    for (let row = b * block; row < Math.min(y.length, (b + 1) * block); row++) {
      if (weight[row] === 0) continue;
      const error = y[row]! - dot(coefficients, x, row * columns);
      leftOut[row] = error;
      loss += weight[row]! * Math.abs(error);
    }
  }
  return { penalty, leftOut, loss };
}

/** Coefficients from all blocks but `without`. */
function solved(sums: Sums, without: number, penalty: number, n: number): Float64Array {
  const total = sums.gram.length - 1;
  const [gram, moment] = [sums.gram[total]!.slice(), sums.moment[total]!.slice()];
  let trace = 0;
  for (let f = 0; f < n; f++) trace += gram[f * n + f]!;
  if (without >= 0) {
    const [less, lessMoment] = [sums.gram[without]!, sums.moment[without]!];
    for (let k = 0; k < gram.length; k++) gram[k]! -= less[k]!;
    for (let k = 0; k < n; k++) moment[k]! -= lessMoment[k]!;
  }
  for (let f = 0; f < n; f++) gram[f * n + f]! += (penalty * trace) / n + 1e-9;
  solveInPlace(gram, moment, n);
  return moment;
}

function sumsOf({ columns: n, x, y, block }: Rows, weight: Float64Array): Sums {
  const blocks = Math.ceil(y.length / block);
  const gram = Array.from({ length: blocks + 1 }, () => new Float64Array(n * n));
  const moment = Array.from({ length: blocks + 1 }, () => new Float64Array(n));
  for (let row = 0; row < y.length; row++) {
    if (weight[row] === 0) continue;
    const b = Math.floor(row / block);
    const [g, m, at] = [gram[b]!, moment[b]!, row * n];
    for (let f = 0; f < n; f++) {
      const scaled = weight[row]! * x[at + f]!;
      m[f]! += scaled * y[row]!;
      for (let k = 0; k <= f; k++) g[f * n + k]! += scaled * x[at + k]!;
    }
  }
  for (let b = 0; b < blocks; b++) {
    for (let k = 0; k < n * n; k++) gram[blocks]![k]! += gram[b]![k]!;
    for (let k = 0; k < n; k++) moment[blocks]![k]! += moment[b]![k]!;
  }
  return { gram, moment };
}

function huberWeights({ weight }: Rows, residuals: Float64Array, bound: number): Float64Array {
  const size = (row: number) => Math.abs(residuals[row]!) * Math.sqrt(weight[row]!);
  const sizes = residuals.map((_, row) => (weight[row] === 0 ? Number.NaN : size(row))).filter((each) => each >= 0);
  const limit = bound * 1.4826 * (sizes.sort()[sizes.length >> 1] ?? 0);
  return weight.map((each, row) => (each > 0 && size(row) > limit && limit > 0 ? (each * limit) / size(row) : each));
}

export function dot(coefficients: Float64Array, x: Float64Array, at: number): number {
  let sum = 0;
  for (let f = 0; f < coefficients.length; f++) sum += coefficients[f]! * x[at + f]!;
  return sum;
}
