import Type from "typebox";
import { SchemaCheck } from "../../firmware-config/kit/schema-check.ts";
import { ModelHeader } from "./schema.ts";

const Header = new SchemaCheck(
  Type.Object({
    producerName: Type.String(),
    metadataProps: Type.Array(Type.Object({ key: Type.String(), value: Type.String() })),
    graph: Type.Object({
      initializer: Type.Array(Type.Object({ name: Type.String(), dataLocation: Type.Integer() })),
      input: Type.Array(portSchema()),
      output: Type.Array(portSchema()),
    }),
  }),
);

/** Declared shape of a tensor that enters or leaves a model; a size that is not fixed is its name, or `?`. */
export interface PortInfo {
  readonly name: string;
  readonly element: string;
  readonly dims: readonly (number | string)[];
}

/** What a model file says about itself, apart from its weights. */
export interface OnnxHeader {
  readonly producer: string;
  /** What its exporter says of the licence, in any words. */
  readonly licence?: string;
  readonly inputs: readonly PortInfo[];
  readonly outputs: readonly PortInfo[];
  /** True when weights lie in a second file. */
  readonly externalWeights: boolean;
}

const ELEMENT_NAMES: Readonly<Record<number, string>> = {
  1: "float32",
  2: "uint8",
  3: "int8",
  6: "int32",
  7: "int64",
  9: "bool",
  10: "float16",
  11: "float64",
};
const EXTERNAL = 1;

/** Reads a model's header; weights are skipped, not copied. Throws a `RangeError` when the file ends too early. */
export function readOnnxHeader(bytes: Uint8Array): OnnxHeader | undefined {
  const options = { longs: Number, defaults: true };
  const header: unknown = ModelHeader.toObject(ModelHeader.decode(bytes), options);
  if (!Header.check(header)) return undefined;
  const { initializer, input, output } = header.graph;
  const weights = new Set(initializer.map((tensor) => tensor.name));
  const licence = header.metadataProps.find(({ key }) => /^licen[cs]e$/i.test(key))?.value;
  return {
    ...(licence === undefined ? {} : { licence }),
    producer: header.producerName,
    inputs: input.filter(({ name }) => !weights.has(name)).map(portInfoOf),
    outputs: output.map(portInfoOf),
    externalWeights: initializer.some((tensor) => tensor.dataLocation === EXTERNAL),
  };
}

function portSchema() {
  const dimension = Type.Object({ dimValue: Type.Number(), dimParam: Type.String() });
  const shape = Type.Union([Type.Null(), Type.Object({ dim: Type.Array(dimension) })]);
  const tensorType = Type.Union([Type.Null(), Type.Object({ elementType: Type.Integer(), shape })]);
  return Type.Object({ name: Type.String(), type: Type.Union([Type.Null(), Type.Object({ tensorType })]) });
}

function portInfoOf({ name, type }: Type.Static<ReturnType<typeof portSchema>>): PortInfo {
  const tensor = type?.tensorType;
  const dims = tensor?.shape?.dim ?? [];
  return {
    name,
    element: ELEMENT_NAMES[tensor?.elementType ?? 0] ?? "another type",
    dims: dims.map(({ dimValue, dimParam }) => (dimValue > 0 ? dimValue : dimParam || "?")),
  };
}
