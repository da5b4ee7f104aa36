import { ATTRIBUTE_TYPE, ELEMENT_TYPE, ModelProto } from "./schema.ts";

/** Newest operator set that every ONNX Runtime since 1.12 runs. */
const OPSET_VERSION = 17;
const IR_VERSION = 8;

/** A named tensor that enters or leaves the graph. */
export interface GraphPort {
  readonly name: string;
  readonly element: keyof typeof ELEMENT_TYPE;
  /** A name = a size that is free. */
  readonly dims: readonly (number | string)[];
}

export interface GraphNode {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly output: string | readonly string[];
  readonly attributes?: Readonly<Record<string, number | readonly number[]>>;
}

/** Collects nodes and weights in order and writes them as one ONNX file; equal calls give equal bytes. */
export class OnnxGraph {
  readonly #nodes: object[] = [];
  readonly #initializers: object[] = [];

  /** Adds a weight and returns its name. */
  constant(name: string, dims: readonly number[], data: Float32Array | BigInt64Array): string {
    const dataType = data instanceof Float32Array ? ELEMENT_TYPE.float32 : ELEMENT_TYPE.int64;
    const rawData = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    this.#initializers.push({ name, dims, dataType, rawData });
    return name;
  }

  /** Adds an operator; its inputs must have been added before it. */
  node({ op, inputs, output, attributes = {} }: GraphNode): void {
    const outputs = typeof output === "string" ? [output] : output;
    const attribute = Object.entries(attributes).map(([name, value]) => attributeOf(name, value));
    this.#nodes.push({ name: outputs[0], opType: op, input: inputs, output: outputs, attribute });
  }

  /** The finished file; `metadata` is stored inside it. */
  toBytes(ports: {
    readonly inputs: readonly GraphPort[];
    readonly outputs: readonly GraphPort[];
    readonly metadata: Readonly<Record<string, string>>;
  }): Uint8Array {
    return ModelProto.encode({
      irVersion: IR_VERSION,
      producerName: "kazoe",
      graph: {
        name: "kazoe",
        node: this.#nodes,
        initializer: this.#initializers,
        input: ports.inputs.map(valueInfoOf),
        output: ports.outputs.map(valueInfoOf),
      },
      opsetImport: [{ domain: "", version: OPSET_VERSION }],
      metadataProps: Object.entries(ports.metadata).map(([key, value]) => ({ key, value })),
    }).finish();
  }
}

function attributeOf(name: string, value: number | readonly number[]): object {
  return typeof value === "number"
    ? { name, i: value, type: ATTRIBUTE_TYPE.int }
    : { name, ints: value, type: ATTRIBUTE_TYPE.ints };
}

function valueInfoOf(port: GraphPort): object {
  const dim = port.dims.map((size) => (typeof size === "number" ? { dimValue: size } : { dimParam: size }));
  return { name: port.name, type: { tensorType: { elementType: ELEMENT_TYPE[port.element], shape: { dim } } } };
}
