import { describe, expect, it } from "vitest";
import { convWeights, depthwiseWeights, scaleRows, takeRows } from "../../../models/ssdlite/tensor.ts";

describe("weights of TensorFlow in the order of ONNX", () => {
  it("moves height, width, in, out to out, in, height, width", () => {
    const { shape, data } = convWeights({ shape: [1, 2, 2, 3], data: Float32Array.from({ length: 12 }, (_, i) => i) });
    expect(shape).toEqual([3, 2, 1, 2]);
    expect([...data]).toEqual([0, 6, 3, 9, 1, 7, 4, 10, 2, 8, 5, 11]);
  });

  it("moves height, width, channels, 1 to channels, 1, height, width", () => {
    const { shape, data } = depthwiseWeights({ shape: [2, 1, 3, 1], data: Float32Array.of(1, 2, 3, 4, 5, 6) });
    expect(shape).toEqual([3, 1, 2, 1]);
    expect([...data]).toEqual([1, 4, 2, 5, 3, 6]);
  });

  it("refuses weights of another rank", () => {
    expect(() => convWeights({ shape: [2, 2], data: new Float32Array(4) })).toThrow(RangeError);
  });
});

it("takes and scales rows", () => {
  const tensor = { shape: [3, 2], data: Float32Array.of(1, 2, 3, 4, 5, 6) };
  const taken = takeRows(tensor, [2, 0]);
  expect(taken.shape).toEqual([2, 2]);
  expect([...taken.data]).toEqual([5, 6, 1, 2]);
  expect([...scaleRows(taken, [10, -1]).data]).toEqual([50, 60, -1, -2]);
});
