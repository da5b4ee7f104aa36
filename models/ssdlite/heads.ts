import type { OnnxGraph } from "../onnx/graph.ts";
import { type AnchorShape, anchorCentres } from "./anchors.ts";
import { type FoldedConv, foldBatchNorm } from "./batch-norm.ts";
import { addConv, type FeatureMap } from "./conv-layer.ts";
import type { SourceWeights } from "./source-weights.ts";
import { convWeights, depthwiseWeights, scaleRows, takeRows } from "./tensor.ts";

/** Classes of the original's score layer: the background and COCO's 90. */
const CLASS_COUNT = 91;
/** COCO's person; 0 is the background. */
const PERSON_CLASS = 1;

/** The original's box coder divides offsets of the centre by 10 and logarithms of the size by 5. */
const CENTRE_SCALE = 10;
const SIZE_SCALE = 5;

/** Halvings of the picture before the first head's map; each further map is halved once more. */
const FIRST_MAP_HALVINGS = 4;

export interface Head {
  readonly index: number;
  readonly map: FeatureMap;
  readonly anchors: readonly AnchorShape[];
}

/** Names of one head's tensors, rows ordered as its anchors. */
export interface HeadOutput {
  /** [1, n, 4]: offset of the centre x, y in pixels, natural logarithm of half the width and height in pixels. */
  readonly boxes: string;
  /** [1, n]: person logit. */
  readonly logits: string;
  readonly centres: Float32Array;
}

/** Adds the box and the person predictor of one feature map. */
export function addHead(
  graph: OnnxGraph,
  { index, map, anchors }: Head,
  { weights, inputWidth, inputHeight }: { weights: SourceWeights; inputWidth: number; inputHeight: number },
): HeadOutput {
  const scope = `BoxPredictor_${index}`;
  const boxLayer = boxPredictor(weights, `${scope}/BoxEncodingPredictor`, anchors);
  const personLayer = personPredictor(weights, `${scope}/ClassPredictor`, anchors.length);
  const rows = map.height * map.width * anchors.length;
  const add = (kind: string, tfName: string, layer: FoldedConv, dims: readonly number[]) => {
    const filter = predictorDepthwise(weights, `${scope}/${tfName}_depthwise`);
    const name = `head_${index}_${kind}`;
    const filtered = addConv(graph, map, { name: `${name}_depthwise`, ...filter, relu6: true });
    return addRows(graph, addConv(graph, filtered, { name, ...layer }), dims);
  };
  return {
    boxes: add("boxes", "BoxEncodingPredictor", boxLayer, [1, rows, 4]),
    logits: add("person", "ClassPredictor", personLayer, [1, rows]),
    centres: anchorCentres({
      columns: map.width,
      rows: map.height,
      anchorsPerCell: anchors.length,
      inputWidth,
      inputHeight,
      halvings: FIRST_MAP_HALVINGS + index,
    }),
  };
}

/** Turns [1, anchors * n, height, width] into rows in the order row, column, anchor. */
function addRows(graph: OnnxGraph, map: FeatureMap, dims: readonly number[]): string {
  const shape = graph.constant(`${map.name}_shape`, [dims.length], BigInt64Array.from(dims, BigInt));
  graph.node({
    op: "Transpose",
    inputs: [map.name],
    output: `${map.name}_nhwc`,
    attributes: { perm: [0, 2, 3, 1] },
  });
  graph.node({ op: "Reshape", inputs: [`${map.name}_nhwc`, shape], output: `${map.name}_rows` });
  return `${map.name}_rows`;
}

function predictorDepthwise(weights: SourceWeights, scope: string): FoldedConv {
  const norm = (part: string) => weights.tensor(`${scope}/BatchNorm/${part}`).data;
  return foldBatchNorm(depthwiseWeights(weights.tensor(`${scope}/depthwise_weights`)), {
    gamma: norm("gamma"),
    beta: norm("beta"),
    mean: norm("moving_mean"),
    variance: norm("moving_variance"),
  });
}

/**
 * The box predictor, (ty, tx, th, tw) per anchor in the source, with the decoding of Faster R-CNN (Ren et al., 2015) folded in:
 * the anchor's size scales the offset, and its logarithm becomes part of the bias.
 */
function boxPredictor(weights: SourceWeights, scope: string, anchors: readonly AnchorShape[]): FoldedConv {
  const order = anchors.flatMap((_, anchor) => [1, 0, 3, 2].map((part) => anchor * 4 + part));
  const factors = anchors.flatMap(({ width, height }) => [
    width / CENTRE_SCALE,
    height / CENTRE_SCALE,
    1 / SIZE_SCALE,
    1 / SIZE_SCALE,
  ]);
  const offsets = anchors.flatMap(({ width, height }) => [0, 0, Math.log(width / 2), Math.log(height / 2)]);
  const biases = weights.tensor(`${scope}/biases`).data;
  return {
    weights: scaleRows(takeRows(convWeights(weights.tensor(`${scope}/weights`)), order), factors),
    bias: Float32Array.from(order, (from, index) => biases[from]! * factors[index]! + offsets[index]!),
  };
}

/** The class predictor cut down to the person's logit of every anchor. */
function personPredictor(weights: SourceWeights, scope: string, anchorCount: number): FoldedConv {
  const rows = Array.from({ length: anchorCount }, (_, anchor) => anchor * CLASS_COUNT + PERSON_CLASS);
  const biases = weights.tensor(`${scope}/biases`);
  return {
    weights: takeRows(convWeights(weights.tensor(`${scope}/weights`)), rows),
    bias: takeRows(biases, rows).data,
  };
}
