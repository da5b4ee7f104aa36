import { expect, it } from "vitest";
import { EPSILON, foldBatchNorm } from "../../../models/ssdlite/batch-norm.ts";

const norm = {
  gamma: Float32Array.of(2, -0.5),
  beta: Float32Array.of(0.25, 1),
  mean: Float32Array.of(3, -4),
  variance: Float32Array.of(0.5, 0),
};

it("gives what the convolution and the batch norm give one after the other", () => {
  const weights = { shape: [2, 2, 1, 1], data: Float32Array.of(1, 2, 3, 4) };
  const input = [0.7, -1.3];
  const folded = foldBatchNorm(weights, norm);
  for (const channel of [0, 1]) {
    const convolved = weights.data[channel * 2]! * input[0]! + weights.data[channel * 2 + 1]! * input[1]!;
    const deviation = Math.sqrt(norm.variance[channel]! + EPSILON);
    const expected = ((convolved - norm.mean[channel]!) / deviation) * norm.gamma[channel]! + norm.beta[channel]!;
    const row = folded.weights.data.subarray(channel * 2, channel * 2 + 2);
    expect(row[0]! * input[0]! + row[1]! * input[1]! + folded.bias[channel]!).toBeCloseTo(expected, 4);
  }
});

it("keeps the shape and leaves the original untouched", () => {
  const weights = { shape: [2, 1, 1, 1], data: Float32Array.of(1, 2) };
  expect(foldBatchNorm(weights, norm).weights.shape).toEqual([2, 1, 1, 1]);
  expect([...weights.data]).toEqual([1, 2]);
});
