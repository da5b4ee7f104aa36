import { type GraphPort, OnnxGraph } from "../../../models/onnx/graph.ts";

/** An ONNX file with these inputs and outputs and no work between them. */
export function madeModel(
  inputs: readonly GraphPort[],
  outputs: readonly GraphPort[],
  operator = "Identity",
): Uint8Array {
  const graph = new OnnxGraph();
  graph.constant("weights", [1024], new Float32Array(1024));
  graph.node({ op: operator, inputs: ["weights"], output: "nothing" });
  return graph.toBytes({ inputs, outputs, metadata: {} });
}

/** A port of 32-bit floats. */
export function floats(name: string, ...dims: number[]): GraphPort {
  return { name, element: "float32", dims };
}

/** A port of bytes. */
export function bytes(name: string, ...dims: number[]): GraphPort {
  return { name, element: "uint8", dims };
}

/** A well-formed model of YOLOX for 96 x 64 pixels. */
export function madeYolox(): Uint8Array {
  return madeModel([floats("images", 1, 3, 64, 96)], [floats("output", 1, 126, 85)]);
}
