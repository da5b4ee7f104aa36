import type { OnnxGraph } from "../onnx/graph.ts";
import type { FoldedConv } from "./batch-norm.ts";
import { samePadding } from "./same-padding.ts";

/** A tensor [1, channels, height, width] inside the graph. */
export interface FeatureMap {
  readonly name: string;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

export interface ConvLayer extends FoldedConv {
  readonly name: string;
  readonly stride?: 1 | 2;
  /** Clip to 0..6 afterwards; ONNX Runtime fuses it into the convolution. */
  readonly relu6?: boolean;
}

/** Names of the clip's bounds, which `addRelu6Bounds` puts into the graph. */
const RELU6_BOUNDS = ["relu6_min", "relu6_max"] as const;

/** Adds the two constants that every Relu6 shares. */
export function addRelu6Bounds(graph: OnnxGraph): void {
  graph.constant(RELU6_BOUNDS[0], [], Float32Array.of(0));
  graph.constant(RELU6_BOUNDS[1], [], Float32Array.of(6));
}

/** Adds a convolution with SAME padding; it is depthwise when its weights take one channel of an input that has more. */
export function addConv(graph: OnnxGraph, input: FeatureMap, layer: ConvLayer): FeatureMap {
  const { name, weights, bias, stride = 1, relu6 = false } = layer;
  const [channels = 0, inputsPerGroup = 0, kernelHeight = 0, kernelWidth = 0] = weights.shape;
  const vertical = samePadding(input.height, kernelHeight, stride);
  const horizontal = samePadding(input.width, kernelWidth, stride);
  const convOutput = relu6 ? `${name}_conv` : name;
  graph.node({
    op: "Conv",
    inputs: [
      input.name,
      graph.constant(`${name}_weights`, weights.shape, weights.data),
      graph.constant(`${name}_bias`, [channels], bias),
    ],
    output: convOutput,
    attributes: {
      kernel_shape: [kernelHeight, kernelWidth],
      strides: [stride, stride],
      pads: [vertical.before, horizontal.before, vertical.after, horizontal.after],
      group: input.channels / inputsPerGroup,
    },
  });
  if (relu6) graph.node({ op: "Clip", inputs: [convOutput, ...RELU6_BOUNDS], output: name });
  return { name, channels, height: vertical.outputSize, width: horizontal.outputSize };
}
