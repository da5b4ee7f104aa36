import type { InferenceSession, Tensor as OrtTensor } from "onnxruntime-node";
import { Tensor } from "../../firmware-config/kit/onnx-runtime.ts";
import type { Family, Levels } from "./families/family.ts";
import { halfOf } from "./half.ts";
import { halfTensor } from "./half-tensor.ts";
import type { DetectorModel } from "./model.ts";
import { shapeIn } from "./session-ports.ts";

/** The inputs of a session, made once. */
export interface SessionInput {
  readonly feeds: Record<string, OrtTensor>;
  /** How a frame is written into them; for `planes` with the family's `levels`. */
  loader(levels: Levels | undefined): (frame: Uint8Array) => void;
}

/** Where plane B, G or R of a `gbrp` frame lies. */
const PLANES = { bgr: [1, 0, 2], rgb: [2, 0, 1] } as const;

/** The inputs that a family gives a model; throws an `Error` that says which does not fit. */
export function openInput(session: InferenceSession, model: DetectorModel, family: Family): SessionInput {
  const sizes = sizeFeeds(session, model, family);
  const name = session.inputNames.find((one) => !(one in sizes)) ?? "image";
  const { inputWidth: width, inputHeight: height } = model;
  if (family.input === "pixels") {
    const dims = shapeIn(session.inputMetadata, { name, type: "uint8", shape: [1, height, width, 3] });
    const pixels = new Uint8Array(width * height * 3);
    const feeds = { ...sizes, [name]: new Tensor("uint8", pixels, dims) };
    return { feeds, loader: () => (frame) => pixels.set(frame) };
  }
  const dims = shapeIn(session.inputMetadata, { name, type: "float32", shape: [1, 3, height, width] });
  const isHalf = session.inputMetadata.some((port) => port.name === name && port.isTensor && port.type === "float16");
  const planes = isHalf ? new Uint16Array(3 * width * height) : new Float32Array(3 * width * height);
  const tensor = planes instanceof Uint16Array ? halfTensor(planes, dims) : new Tensor("float32", planes, dims);
  return { feeds: { ...sizes, [name]: tensor }, loader: (levels) => planesLoader(planes, levels) };
}

/** The frame's width and height, where the model asks for them. */
function sizeFeeds(session: InferenceSession, model: DetectorModel, { sizeInput }: Family): Record<string, OrtTensor> {
  if (sizeInput === undefined || !session.inputNames.includes(sizeInput)) return {};
  const dims = shapeIn(session.inputMetadata, { name: sizeInput, type: "int64", shape: [1, 2] });
  const size = BigInt64Array.of(BigInt(model.inputWidth), BigInt(model.inputHeight));
  return { [sizeInput]: new Tensor("int64", size, dims) };
}

const UNCHANGED: Levels = { order: "bgr", level: (byte) => byte };

/** Bytes that stay as they are go by `set`, a tenth of the time of a loop; others by a table a plane. */
export function planesLoader(planes: Float32Array | Uint16Array, { order, level }: Levels = UNCHANGED) {
  const size = planes.length / 3;
  const bytes = new Uint8Array(planes.length);
  const isHalf = planes instanceof Uint16Array;
  const tables = PLANES[order].map((_, plane) =>
    Float32Array.from({ length: 256 }, (_, byte) => (isHalf ? halfOf(level(byte, plane)) : level(byte, plane))),
  );
  const isUnchanged = !isHalf && tables.every((table) => table.every((value, byte) => value === byte));
  const places = PLANES[order];
  return (frame: Uint8Array): void => {
    bytes.set(frame);
    for (let plane = 0; plane < 3; plane++) {
      const from = places[plane]! * size;
      if (isUnchanged) planes.set(bytes.subarray(from, from + size), plane * size);
      else mapPlane(bytes, from, tables[plane]!, planes, plane * size);
    }
  };
}

function mapPlane(
  bytes: Uint8Array,
  from: number,
  table: Float32Array,
  planes: Float32Array | Uint16Array,
  to: number,
): void {
  const size = planes.length / 3;
  for (let i = 0; i < size; i++) planes[to + i] = table[bytes[from + i]!]!;
}
