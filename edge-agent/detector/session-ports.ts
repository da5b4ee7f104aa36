import type { InferenceSession } from "onnxruntime-node";

/** The part of a session that tells its inputs or its outputs. */
export type Metadata = readonly InferenceSession.ValueMetadata[];

export interface Expected {
  readonly name: string;
  /** `float32` may be `float16` in the file. */
  readonly type: "float32" | "uint8" | "int64";
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
    hasType(found.type, expected) &&
    shape.length === expected.shape.length &&
    shape.every((size, i) => size > 0 && size === (expected.shape[i] ?? size));
  if (!fits) throw new Error(`${wanted(expected)}; it has ${found.type} [${found.shape.join(", ")}]`);
  return shape;
}

function hasType(type: string, expected: Expected): boolean {
  return type === expected.type || (type === "float16" && expected.type === "float32");
}

function wanted({ name, type, shape }: Expected): string {
  return `the model needs "${name}" ${type} [${shape.map((size) => size ?? "any").join(", ")}]`;
}

function names(metadata: Metadata): string {
  return metadata.map((value) => `"${value.name}"`).join(", ");
}
