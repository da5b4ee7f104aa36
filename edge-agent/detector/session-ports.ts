import type { InferenceSession } from "onnxruntime-node";

/** The part of a session that tells its inputs or its outputs. */
export type Metadata = readonly InferenceSession.ValueMetadata[];

export interface Expected {
  readonly name: string;
  readonly type: "float32" | "uint8";
  /** One entry a dimension: the size it must have, or undefined for any fixed size. */
  readonly shape: readonly (number | undefined)[];
}

/** The fixed shape of the named input or output; throws an `Error` that tells what is there instead. */
export function shapeIn(metadata: Metadata, expected: Expected): number[] {
  const found = metadata.find((value) => value.name === expected.name);
  if (found === undefined || !found.isTensor) throw new Error(`${wanted(expected)}; it has ${names(metadata)}`);
  const shape = found.shape.map((size) => (typeof size === "number" ? size : 0));
  const fits =
    found.type === expected.type &&
    shape.length === expected.shape.length &&
    shape.every((size, i) => size > 0 && size === (expected.shape[i] ?? size));
  if (!fits) throw new Error(`${wanted(expected)}; it has ${found.type} [${found.shape.join(", ")}]`);
  return shape;
}

function wanted({ name, type, shape }: Expected): string {
  return `the model needs "${name}" ${type} [${shape.map((size) => size ?? "any").join(", ")}]`;
}

function names(metadata: Metadata): string {
  return metadata.map((value) => `"${value.name}"`).join(", ");
}
