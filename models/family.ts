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
  "yolox (float32 [1, 3, H, W] -> float32 [1, N, 85 or 6] for strides 8, 16 and 32)";

/** Pixels. */
export interface InputSize {
  readonly width: number;
  readonly height: number;
}

/**
 * The size at which a model runs that leaves its own free: the bundled model's default (`manifest.json`), and the size for
 * which YOLOX's authors trained the nano and tiny models that a store device can run.
 */
const FREE_SIZE = { ssd: { width: 512, height: 384 }, yolox: { width: 416, height: 416 } } as const;

const YOLOX_STRIDES = [8, 16, 32] as const;
/** Box, objectness and COCO's 80 classes; or box, objectness and person alone. */
const YOLOX_ROW_SIZES: readonly unknown[] = [85, 6];

/**
 * The family whose inputs and outputs a model has, and its picture size: its own, or `size`, or the family's where it leaves it
 * free; undefined when there is none. Only forms are compared here: what the numbers mean the probe finds out.
 */
export function familyOf(header: OnnxHeader, size?: InputSize): FamilyMatch | undefined {
  const [input, another] = header.inputs;
  if (input === undefined || another !== undefined) return undefined;
  return matchSsd(input, header.outputs, size) ?? matchYolox(input, header.outputs, size);
}

function matchSsd(input: PortInfo, outputs: readonly PortInfo[], size?: InputSize): FamilyMatch | undefined {
  const [batch, ownHeight, ownWidth, channels] = input.dims;
  const height = sideOf(ownHeight, (size ?? FREE_SIZE.ssd).height);
  const width = sideOf(ownWidth, (size ?? FREE_SIZE.ssd).width);
  const boxes = outputs.find(({ name }) => name === "boxes");
  const scores = outputs.find(({ name }) => name === "scores");
  if (input.element !== "uint8" || input.dims.length !== 4 || !isBatch(batch) || channels !== 3) return undefined;
  if (height === undefined || width === undefined || outputs.length !== 2) return undefined;
  if (boxes?.element !== "float32" || boxes.dims.length !== 3 || boxes.dims[2] !== 4) return undefined;
  if (scores?.element !== "float32" || scores.dims.length !== 2 || scores.dims[1] !== boxes.dims[1]) return undefined;
  return { family: "ssd", inputWidth: width, inputHeight: height };
}

function matchYolox(input: PortInfo, outputs: readonly PortInfo[], size?: InputSize): FamilyMatch | undefined {
  const [batch, channels, ownHeight, ownWidth] = input.dims;
  const height = sideOf(ownHeight, (size ?? FREE_SIZE.yolox).height);
  const width = sideOf(ownWidth, (size ?? FREE_SIZE.yolox).width);
  const [output, another] = outputs;
  if (input.element !== "float32" || input.dims.length !== 4 || !isBatch(batch) || channels !== 3) return undefined;
  if (height === undefined || width === undefined || height % 32 !== 0 || width % 32 !== 0) return undefined;
  if (output?.element !== "float32" || another !== undefined) return undefined;
  const rows = YOLOX_STRIDES.reduce((sum, stride) => sum + (height / stride) * (width / stride), 0);
  // An output of which the file tells no form is judged by what a run gives.
  if (output.dims.length > 0 && !isYoloxGrid(output.dims, rows)) return undefined;
  return { family: "yolox", inputWidth: width, inputHeight: height };
}

function isYoloxGrid(dims: PortInfo["dims"], rows: number): boolean {
  const [batch, count, columns] = dims;
  if (dims.length !== 3 || !isBatch(batch)) return false;
  return (!isFixed(columns) || YOLOX_ROW_SIZES.includes(columns)) && (!isFixed(count) || count === rows);
}

/** A side of the picture: the model's own, or `free` where it takes any. */
function sideOf(dim: number | string | undefined, free: number): number | undefined {
  return typeof dim === "string" ? free : dim;
}

function isFixed(dim: number | string | undefined): dim is number {
  return typeof dim === "number";
}

/** One picture at a time, or any number. */
function isBatch(dim: number | string | undefined): boolean {
  return dim === 1 || typeof dim === "string";
}
