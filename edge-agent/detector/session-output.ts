import type { InferenceSession, Tensor as OrtTensor } from "onnxruntime-node";
import { Tensor } from "../../firmware-config/kit/onnx-runtime.ts";
import type { Outputs, TakenOutput } from "./families/family.ts";
import { halfTable } from "./half.ts";
import { halfTensor } from "./half-tensor.ts";

/** The outputs that a family takes of a session, in tensors that are made once. */
export class SessionOutput implements Outputs {
  readonly ports: Outputs["ports"];
  /** The session writes into these. */
  readonly fetches: Record<string, OrtTensor> = {};
  /** What the family reads. */
  readonly values: Record<string, Float32Array> = {};
  readonly #given: InferenceSession.OnnxValueMapType;
  readonly #copies: (() => void)[] = [];

  /** Of a first run, which shows sizes that the file leaves free. */
  constructor(given: InferenceSession.OnnxValueMapType, names: readonly string[]) {
    this.#given = given;
    this.ports = names.flatMap((name) => {
      const found = given[name];
      return found === undefined ? [] : [{ name, dims: found.dims }];
    });
  }

  take(name: string, shape: readonly (number | undefined)[]): TakenOutput {
    const found = this.#given[name];
    const wanted = `the model needs "${name}" float32 [${shape.map((size) => size ?? "any").join(", ")}]`;
    if (found === undefined) throw new Error(`${wanted}; it gives ${Object.keys(this.#given).join(", ")}`);
    const { type, dims } = found;
    const fits = dims.length === shape.length && dims.every((size, i) => size > 0 && size === (shape[i] ?? size));
    const taken = fits ? this.#takeAs(type, name, dims) : undefined;
    if (taken === undefined) throw new Error(`${wanted}; it gives ${type} [${dims.join(", ")}]`);
    this.values[name] = taken;
    const [from, to] = [found.data, this.fetches[name]?.data];
    if (ArrayBuffer.isView(from) && ArrayBuffer.isView(to)) bytesOf(to).set(bytesOf(from));
    this.convert();
    return { name, dims: [...dims], values: taken };
  }

  /** Call after each run and before reading. */
  convert(): void {
    for (const copy of this.#copies) copy();
  }

  #takeAs(type: string, name: string, dims: readonly number[]): Float32Array | undefined {
    const values = new Float32Array(dims.reduce((product, size) => product * size, 1));
    if (type === "float32") this.fetches[name] = new Tensor("float32", values, dims);
    else if (type === "float16") this.#addHalves(name, values, dims);
    else if (type === "int64") this.#addWhole(name, values, dims);
    else return undefined;
    return values;
  }

  #addHalves(name: string, values: Float32Array, dims: readonly number[]): void {
    const bits = new Uint16Array(values.length);
    const table = halfTable();
    this.fetches[name] = halfTensor(bits, dims);
    this.#copies.push(() => {
      for (let i = 0; i < values.length; i++) values[i] = table[bits[i]!]!;
    });
  }

  #addWhole(name: string, values: Float32Array, dims: readonly number[]): void {
    const whole = new BigInt64Array(values.length);
    this.fetches[name] = new Tensor("int64", whole, dims);
    this.#copies.push(() => {
      for (let i = 0; i < values.length; i++) values[i] = Number(whole[i]);
    });
  }
}

/** The memory of numbers of any kind. */
export function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
