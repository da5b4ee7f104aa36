import type { InferenceSession } from "onnxruntime-node";

/** The part of a session that tells its inputs or its outputs. */
export type Metadata = readonly InferenceSession.ValueMetadata[];

export interface Expected {
  readonly name: string;
  readonly type: "float32" | "uint8";
  /** One entry a dimension: the size it must have, or undefined for any fixed size. */
  readonly shape: readonly (number | undefined)[];
}

/**
 * The shape of the named input; a size that the model leaves free is the expected one. Throws an `Error` that tells what is
 * there instead.
 */
export function shapeIn(metadata: Metadata, expected: Expected): number[] {
  const found = metadata.find((value) => value.name === expected.name);
  if (found === undefined || !found.isTensor) throw new Error(`${wanted(expected)}; it has ${names(metadata)}`);
  const shape = found.shape.map((size, i) => (typeof size === "number" ? size : (expected.shape[i] ?? 0)));
  const fits =
    found.type === expected.type &&
    shape.length === expected.shape.length &&
    shape.every((size, i) => size > 0 && size === (expected.shape[i] ?? size));
  if (!fits) throw new Error(`${wanted(expected)}; it has ${found.type} [${found.shape.join(", ")}]`);
  return shape;
}

/** The shape of a tensor that a run gave; throws an `Error` that tells what it gave instead. */
export function shapeOfOutput(outputs: InferenceSession.OnnxValueMapType, expected: Expected): number[] {
  const found = outputs[expected.name];
  if (found === undefined) throw new Error(`${wanted(expected)}; it gives ${Object.keys(outputs).join(", ")}`);
  const { type, dims } = found;
  const fits = type === expected.type && dims.length === expected.shape.length;
  if (fits && dims.every((size, i) => size > 0 && size === (expected.shape[i] ?? size))) return [...dims];
  throw new Error(`${wanted(expected)}; it gives ${type} [${dims.join(", ")}]`);
}

function wanted({ name, type, shape }: Expected): string {
  return `the model needs "${name}" ${type} [${shape.map((size) => size ?? "any").join(", ")}]`;
}

function names(metadata: Metadata): string {
  return metadata.map((value) => `"${value.name}"`).join(", ");
}
