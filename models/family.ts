import type { ModelFamily } from "./manifest.ts";
import type { OnnxHeader, PortInfo } from "./onnx/header.ts";

/** A family and the picture size that a model of it takes. */
export interface FamilyMatch {
  readonly family: ModelFamily;
  readonly inputWidth: number;
  readonly inputHeight: number;
}

/** What each family looks like, for messages. */
export const SUPPORTED_FAMILIES =
  "ssd (uint8 [1, H, W, 3] -> boxes float32 [1, N, 4] and scores float32 [1, N]) and " +
  "yolox (float32 [1, 3, H, W] -> float32 [1, N, 85 or 6] for strides 8, 16 and 32, not decoded)";

const YOLOX_STRIDES = [8, 16, 32] as const;
/** Box, objectness and COCO's 80 classes; or box, objectness and person alone. */
const YOLOX_ROW_SIZES: readonly unknown[] = [85, 6];

/** The family whose inputs and outputs a model has; undefined when there is none. */
export function familyOf(header: OnnxHeader): FamilyMatch | undefined {
  const [input, another] = header.inputs;
  if (input === undefined || another !== undefined) return undefined;
  return matchSsd(input, header.outputs) ?? matchYolox(input, header);
}

function matchSsd(input: PortInfo, outputs: readonly PortInfo[]): FamilyMatch | undefined {
  const [batch, height, width, channels] = input.dims;
  const boxes = outputs.find(({ name }) => name === "boxes");
  const scores = outputs.find(({ name }) => name === "scores");
  if (input.element !== "uint8" || input.dims.length !== 4 || !isBatch(batch) || channels !== 3) return undefined;
  if (!isFixed(height) || !isFixed(width) || outputs.length !== 2) return undefined;
  if (boxes?.element !== "float32" || boxes.dims.length !== 3 || boxes.dims[2] !== 4) return undefined;
  if (scores?.element !== "float32" || scores.dims.length !== 2 || scores.dims[1] !== boxes.dims[1]) return undefined;
  return { family: "ssd", inputWidth: width, inputHeight: height };
}

function matchYolox(input: PortInfo, { outputs, operators }: OnnxHeader): FamilyMatch | undefined {
  const [batch, channels, height, width] = input.dims;
  const [output, another] = outputs;
  if (input.element !== "float32" || input.dims.length !== 4 || !isBatch(batch) || channels !== 3) return undefined;
  if (!isFixed(height) || !isFixed(width) || height % 32 !== 0 || width % 32 !== 0) return undefined;
  if (output?.element !== "float32" || another !== undefined || output.dims.length !== 3) return undefined;
  const rows = YOLOX_STRIDES.reduce((sum, stride) => sum + (height / stride) * (width / stride), 0);
  if (!YOLOX_ROW_SIZES.includes(output.dims[2]) || (isFixed(output.dims[1]) && output.dims[1] !== rows))
    return undefined;
  return operators.has("Exp") ? undefined : { family: "yolox", inputWidth: width, inputHeight: height };
}

function isFixed(dim: number | string | undefined): dim is number {
  return typeof dim === "number";
}

/** One picture at a time, or any number. */
function isBatch(dim: number | string | undefined): boolean {
  return dim === 1 || typeof dim === "string";
}
