import { type GraphPort, OnnxGraph } from "../../../models/onnx/graph.ts";
import { ELEMENT_TYPE } from "../../../models/onnx/schema.ts";

/** Numbers that a made model gives: `values` for a black picture, and `gain` more for each level of lightness. */
export interface MadeOutput {
  readonly name: string;
  readonly dims: readonly number[];
  readonly values: Float32Array;
  readonly gain?: Float32Array;
  readonly element?: "float32" | "float16" | "int64";
  /** Multiplies boxes by width, height, width, height of the input `orig_target_sizes`. */
  readonly bySize?: boolean;
}

export interface MadeModel {
  readonly width: number;
  readonly height: number;
  readonly element?: "float32" | "float16";
  readonly outputs: readonly MadeOutput[];
  /** Rounds the picture's lightness to 8 bits and back, as a quantised model does. */
  readonly isQuantised?: boolean;
}

/** A model that runs: each output follows the mean of the input's numbers. */
export function runnableModel({ width, height, element = "float32", outputs, isQuantised = false }: MadeModel) {
  const graph = new OnnxGraph();
  const hasSize = outputs.some(({ bySize }) => bySize);
  graph.node({ op: "Cast", inputs: ["images"], output: "floats", attributes: { to: ELEMENT_TYPE.float32 } });
  graph.node({ op: "ReduceMean", inputs: ["floats"], output: "mean", attributes: { axes: [1, 2, 3], keepdims: 0 } });
  if (isQuantised) {
    graph.constant("scale", [], Float32Array.of(1 / 255));
    graph.node({ op: "QuantizeLinear", inputs: ["mean", "scale"], output: "bytes" });
    graph.node({ op: "DequantizeLinear", inputs: ["bytes", "scale"], output: "light" });
  } else graph.node({ op: "Identity", inputs: ["mean"], output: "light" });
  if (hasSize) {
    const sizes = ["orig_target_sizes", "orig_target_sizes"];
    graph.node({ op: "Concat", inputs: sizes, output: "whole", attributes: { axis: 1 } });
    graph.node({ op: "Cast", inputs: ["whole"], output: "sides", attributes: { to: ELEMENT_TYPE.float32 } });
  }
  for (const output of outputs) addOutput(graph, output);
  const inputs: GraphPort[] = [
    { name: "images", element, dims: [1, 3, height, width] },
    ...(hasSize ? [{ name: "orig_target_sizes", element: "int64" as const, dims: [1, 2] }] : []),
  ];
  const ports = outputs.map(({ name, dims, element: type = "float32" }) => ({ name, dims, element: type }));
  return graph.toBytes({ inputs, outputs: ports, metadata: {} });
}

function addOutput(graph: OnnxGraph, { name, dims, values, gain, element = "float32", bySize = false }: MadeOutput) {
  graph.constant(`${name}_base`, dims, values);
  graph.constant(`${name}_gain`, dims, gain ?? new Float32Array(values.length));
  graph.node({ op: "Mul", inputs: ["light", `${name}_gain`], output: `${name}_change` });
  graph.node({ op: "Add", inputs: [`${name}_base`, `${name}_change`], output: `${name}_sum` });
  const last = bySize ? `${name}_px` : `${name}_sum`;
  if (bySize) graph.node({ op: "Mul", inputs: [`${name}_sum`, "sides"], output: last });
  graph.node({ op: "Cast", inputs: [last], output: name, attributes: { to: ELEMENT_TYPE[element] } });
}
