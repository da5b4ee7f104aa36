import { scaleRows, type Tensor } from "./tensor.ts";

/** What a batch norm learnt, one value per channel. */
export interface BatchNorm {
  readonly gamma: Float32Array;
  readonly beta: Float32Array;
  readonly mean: Float32Array;
  readonly variance: Float32Array;
}

/** Added to the variance by the original graph's batch norms. */
export const EPSILON = 0.001;

/** A convolution whose weights and bias already hold the batch norm that followed it. */
export interface FoldedConv {
  readonly weights: Tensor;
  readonly bias: Float32Array;
}

/** Folds a batch norm (Ioffe and Szegedy, 2015) into weights whose first dimension is the output channel. */
export function foldBatchNorm(weights: Tensor, norm: BatchNorm): FoldedConv {
  const factors = Float64Array.from(norm.gamma, (gamma, index) => gamma / Math.sqrt(norm.variance[index]! + EPSILON));
  const bias = norm.beta.map((beta, index) => beta - norm.mean[index]! * factors[index]!);
  return { weights: scaleRows(weights, factors), bias };
}
