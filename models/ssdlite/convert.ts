import { OnnxGraph } from "../onnx/graph.ts";
import { ELEMENT_TYPE } from "../onnx/schema.ts";
import { anchorShapes } from "./anchors.ts";
import { addBackbone } from "./backbone.ts";
import { addRelu6Bounds, type FeatureMap } from "./conv-layer.ts";
import { addHead, type HeadOutput } from "./heads.ts";
import type { SourceWeights } from "./source-weights.ts";

/** The original maps bytes 0..255 to -1..1. */
const MID_GREY = 127.5;

/** Size of a model's input in pixels. */
export interface InputSize {
  readonly width: number;
  readonly height: number;
}

/**
 * Builds the person detector as an ONNX file for one input size.
 * Input `image`: uint8 [1, height, width, 3], RGB. Outputs: `boxes` float32 [1, n, 4] as left, top, right, bottom in
 * input pixels, neither clipped nor suppressed, and `scores` float32 [1, n], the probability of a person.
 */
export function convertSsdlite(weights: SourceWeights, { width, height }: InputSize): Uint8Array {
  const graph = new OnnxGraph();
  addRelu6Bounds(graph);
  const shapes = anchorShapes(weights.tensor("Postprocessor/ExpandDims"));
  const maps = addBackbone(
    graph,
    { picture: addCentredPicture(graph, { width, height }), pixelScale: 1 / MID_GREY },
    weights,
  );
  const heads = maps.map((map, index) =>
    addHead(graph, { index, map, anchors: shapes[index]! }, { weights, inputWidth: width, inputHeight: height }),
  );
  const count = addDecoder(graph, heads);
  return graph.toBytes({
    inputs: [{ name: "image", element: "uint8", dims: [1, height, width, 3] }],
    outputs: [
      { name: "boxes", element: "float32", dims: [1, count, 4] },
      { name: "scores", element: "float32", dims: [1, count] },
    ],
    metadata: { family: "ssd", licence: "Apache-2.0", classes: "person" },
  });
}

/** Bytes in planes around 0; mid-grey becomes 0, so that zero padding means what it meant in the original. */
function addCentredPicture(graph: OnnxGraph, { width, height }: InputSize): FeatureMap {
  const midGrey = graph.constant("mid_grey", [], Float32Array.of(MID_GREY));
  graph.node({ op: "Transpose", inputs: ["image"], output: "planes", attributes: { perm: [0, 3, 1, 2] } });
  graph.node({ op: "Cast", inputs: ["planes"], output: "bytes", attributes: { to: ELEMENT_TYPE.float32 } });
  graph.node({ op: "Sub", inputs: ["bytes", midGrey], output: "picture" });
  return { name: "picture", channels: 3, height, width };
}

/** Joins the heads into the two outputs and returns the number of rows. */
function addDecoder(graph: OnnxGraph, heads: readonly HeadOutput[]): number {
  const centres = Float32Array.from(heads.flatMap((head) => [...head.centres]));
  const count = centres.length / 2;
  const concat = (inputs: readonly string[], output: string, axis: number) =>
    graph.node({ op: "Concat", inputs, output, attributes: { axis } });

  concat(
    heads.map((head) => head.boxes),
    "encoded",
    1,
  );
  const halves = graph.constant("halves", [2], BigInt64Array.of(2n, 2n));
  graph.node({ op: "Split", inputs: ["encoded", halves], output: ["offset", "log_half"], attributes: { axis: 2 } });
  graph.node({
    op: "Add",
    inputs: ["offset", graph.constant("anchor_centres", [1, count, 2], centres)],
    output: "centre",
  });
  graph.node({ op: "Exp", inputs: ["log_half"], output: "half" });
  graph.node({ op: "Sub", inputs: ["centre", "half"], output: "left_top" });
  graph.node({ op: "Add", inputs: ["centre", "half"], output: "right_bottom" });
  concat(["left_top", "right_bottom"], "boxes", 2);

  concat(
    heads.map((head) => head.logits),
    "logits",
    1,
  );
  graph.node({ op: "Sigmoid", inputs: ["logits"], output: "scores" });
  return count;
}
