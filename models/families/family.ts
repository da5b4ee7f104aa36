import type { OnnxHeader, PortInfo } from "../onnx/header.ts";

/** Pixels. */
export interface InputSize {
  readonly width: number;
  readonly height: number;
}

/** What models of a family take and give, as far as a file's header tells; what their numbers mean the probe finds out. */
export interface FamilyForm {
  /** For messages. */
  readonly text: string;
  /** The size at which a model runs that leaves its own free. */
  readonly freeSize: InputSize;
  /** The size of the picture that a model of this form takes, its own or `free`; undefined for one of another form. */
  match(header: OnnxHeader, free: InputSize): InputSize | undefined;
}

type Dim = number | string | undefined;

/** The sides of an input `[1, 3, H, W]` of floats, `free` where it takes any; undefined for another input. */
export function planesSize({ element, dims }: PortInfo, free: InputSize): InputSize | undefined {
  const [batch, channels, height, width] = dims;
  return isFloat(element) && dims.length === 4 && isOne(batch) && channels === 3
    ? sizeOf(height, width, free)
    : undefined;
}

/** The same for an input `[1, H, W, 3]` of bytes. */
export function pixelsSize({ element, dims }: PortInfo, free: InputSize): InputSize | undefined {
  const [batch, height, width, channels] = dims;
  return element === "uint8" && dims.length === 4 && isOne(batch) && channels === 3
    ? sizeOf(height, width, free)
    : undefined;
}

function sizeOf(height: Dim, width: Dim, free: InputSize): InputSize | undefined {
  if (height === undefined || width === undefined) return undefined;
  return {
    width: typeof width === "string" ? free.width : width,
    height: typeof height === "string" ? free.height : height,
  };
}

/** True when an output is of floats in that form, as far as the file tells; a size that is left out may be any. */
export function isOutput({ element, dims }: PortInfo, shape: readonly (number | undefined)[]): boolean {
  return isFloat(element) && (dims.length === 0 || hasForm(dims, shape));
}

/** True when sizes fit, as far as they are told. */
export function hasForm(dims: PortInfo["dims"], shape: readonly (number | undefined)[]): boolean {
  return dims.length === shape.length && shape.every((size, i) => size === undefined || isSize(dims[i], size));
}

/** Cells of a grid at these strides. */
export function cellsOf({ width, height }: InputSize, strides: readonly number[]): number {
  return strides.reduce((sum, stride) => sum + Math.ceil(height / stride) * Math.ceil(width / stride), 0);
}

/** True when both sides are whole multiples of a stride. */
export function isMultiple({ width, height }: InputSize, stride: number): boolean {
  return width % stride === 0 && height % stride === 0;
}

/** 16-bit floats are converted where the file asks for them. */
function isFloat(element: string): boolean {
  return element === "float32" || element === "float16";
}

const isOne = (dim: Dim) => isSize(dim, 1);

/** That size, or any. */
function isSize(dim: Dim, size: number): boolean {
  return dim === size || typeof dim === "string";
}
