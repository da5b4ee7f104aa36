import type { OnnxGraph } from "../onnx/graph.ts";
import type { FoldedConv } from "./batch-norm.ts";
import { addConv, type FeatureMap } from "./conv-layer.ts";
import type { SourceWeights } from "./source-weights.ts";
import { convWeights, depthwiseWeights, scaleRows } from "./tensor.ts";

const SCOPE = "FeatureExtractor/MobilenetV2";

/** Inverted residual blocks of MobileNetV2 that halve the picture (Sandler et al., 2018, table 2). */
const HALVING_BLOCKS: readonly number[] = [1, 3, 6, 13];
const LAST_BLOCK = 16;
/** The block whose expansion the first head reads. */
const FIRST_HEAD_BLOCK = 13;

/** SSD's extra layers: a 1x1 convolution, then a separable one which halves the picture. */
const EXTRA_LAYERS = [
  { squeeze: "layer_19_1_Conv2d_2_1x1_256", halve: "layer_19_2_Conv2d_2_3x3_s2_512" },
  { squeeze: "layer_19_1_Conv2d_3_1x1_128", halve: "layer_19_2_Conv2d_3_3x3_s2_256" },
  { squeeze: "layer_19_1_Conv2d_4_1x1_128", halve: "layer_19_2_Conv2d_4_3x3_s2_256" },
  { squeeze: "layer_19_1_Conv2d_5_1x1_64", halve: "layer_19_2_Conv2d_5_3x3_s2_128" },
] as const;

/** A picture around 0, and the factor that brings it to -1..1. */
export interface CentredPicture {
  readonly picture: FeatureMap;
  readonly pixelScale: number;
}

/** Adds MobileNetV2 and SSD's extra layers; returns the six maps that the heads read. */
export function addBackbone(graph: OnnxGraph, input: CentredPicture, weights: SourceWeights): FeatureMap[] {
  const heads: FeatureMap[] = [];
  let map = addStem(graph, input, weights);
  for (let block = 0; block <= LAST_BLOCK; block++) {
    const expanded = block === 0 ? map : addExpansion(graph, map, { weights, block });
    if (block === FIRST_HEAD_BLOCK) heads.push(expanded);
    map = addProjection(graph, { map, expanded }, { weights, block });
  }
  map = addConv(graph, map, { name: "top", ...conv(weights, "Conv_1"), relu6: true });
  heads.push(map);
  for (const { squeeze, halve } of EXTRA_LAYERS) {
    map = addConv(graph, map, { name: squeeze, ...conv(weights, squeeze), relu6: true });
    map = addConv(graph, map, {
      name: `${halve}_depthwise`,
      ...depthwise(weights, `${halve}_depthwise`),
      stride: 2,
      relu6: true,
    });
    map = addConv(graph, map, { name: halve, ...conv(weights, halve), relu6: true });
    heads.push(map);
  }
  return heads;
}

/** The first convolution; it takes the pixels' scale into its weights. */
function addStem(graph: OnnxGraph, { picture, pixelScale }: CentredPicture, weights: SourceWeights): FeatureMap {
  const stem = conv(weights, "Conv");
  const factors = new Float64Array(stem.bias.length).fill(pixelScale);
  const scaled = { weights: scaleRows(stem.weights, factors), bias: stem.bias };
  return addConv(graph, picture, { name: "stem", ...scaled, stride: 2, relu6: true });
}

interface Block {
  readonly weights: SourceWeights;
  readonly block: number;
}

function scopeOf(block: number): string {
  return block === 0 ? "expanded_conv" : `expanded_conv_${block}`;
}

function addExpansion(graph: OnnxGraph, map: FeatureMap, { weights, block }: Block): FeatureMap {
  const expansion = conv(weights, `${scopeOf(block)}/expand`);
  return addConv(graph, map, { name: `block_${block}_expand`, ...expansion, relu6: true });
}

/** Depthwise convolution and linear projection, with the block's input added where shapes allow. */
function addProjection(
  graph: OnnxGraph,
  { map, expanded }: { readonly map: FeatureMap; readonly expanded: FeatureMap },
  { weights, block }: Block,
): FeatureMap {
  const stride = HALVING_BLOCKS.includes(block) ? 2 : 1;
  const scope = scopeOf(block);
  const filtered = addConv(graph, expanded, {
    name: `block_${block}_depthwise`,
    ...depthwise(weights, `${scope}/depthwise`),
    stride,
    relu6: true,
  });
  const projected = addConv(graph, filtered, { name: `block_${block}_project`, ...conv(weights, `${scope}/project`) });
  if (stride !== 1 || projected.channels !== map.channels) return projected;
  const sum = { ...projected, name: `block_${block}` };
  graph.node({ op: "Add", inputs: [projected.name, map.name], output: sum.name });
  return sum;
}

/** A convolution whose batch norm the source's export had already folded, all but the offset. */
function conv(weights: SourceWeights, scope: string): FoldedConv {
  return {
    weights: convWeights(weights.tensor(`${SCOPE}/${scope}/Conv2D/merged_input`)),
    bias: weights.tensor(`${SCOPE}/${scope}/BatchNorm/batchnorm/sub`).data,
  };
}

/** A depthwise convolution whose batch norm the source keeps as a factor and an offset. */
function depthwise(weights: SourceWeights, scope: string): FoldedConv {
  const norm = `${SCOPE}/${scope}/BatchNorm/batchnorm`;
  return {
    weights: scaleRows(
      depthwiseWeights(weights.tensor(`${SCOPE}/${scope}/depthwise_weights`)),
      weights.tensor(`${norm}/mul`).data,
    ),
    bias: weights.tensor(`${norm}/sub`).data,
  };
}
