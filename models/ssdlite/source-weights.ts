import Type from "typebox";
import { AppError } from "../../firmware-config/kit/errors.ts";
import { SchemaCheck } from "../../firmware-config/kit/schema-check.ts";
import { elementCount, type Tensor } from "./tensor.ts";

const TfjsModel = new SchemaCheck(
  Type.Object({
    weightsManifest: Type.Array(
      Type.Object({
        paths: Type.Array(Type.String()),
        weights: Type.Array(
          Type.Object({
            name: Type.String(),
            shape: Type.Array(Type.Integer({ minimum: 0 })),
            dtype: Type.Union([Type.Literal("float32"), Type.Literal("int32")]),
          }),
        ),
      }),
    ),
  }),
);

const BYTES_PER_ELEMENT = 4;

/** The original model's weights by TensorFlow name. */
export interface SourceWeights {
  /** The weight of that name; an error when the archive does not hold it. */
  tensor(name: string): Tensor;
}

/** Reads the float weights of a TF.js graph model from its `model.json` and shard files, given by file name. */
export function readSourceWeights(files: ReadonlyMap<string, Uint8Array>): SourceWeights {
  const model: unknown = JSON.parse(new TextDecoder().decode(fileOf(files, "model.json")));
  if (!TfjsModel.check(model)) throw brokenSource("its model.json has no weights manifest of a known form");
  const tensors = new Map<string, Tensor>();
  for (const group of model.weightsManifest) {
    const bytes = Buffer.concat(group.paths.map((path) => fileOf(files, path)));
    let offset = 0;
    for (const { name, shape, dtype } of group.weights) {
      const end = offset + elementCount(shape) * BYTES_PER_ELEMENT;
      if (end > bytes.length) throw brokenSource(`its weights end before ${name}`);
      if (dtype === "float32") tensors.set(name, { shape, data: floatsOf(bytes.subarray(offset, end)) });
      offset = end;
    }
  }
  return { tensor: (name) => tensors.get(name) ?? fail(`it has no weight ${name}`) };
}

function floatsOf(bytes: Uint8Array): Float32Array {
  return new Float32Array(Uint8Array.from(bytes).buffer);
}

function fileOf(files: ReadonlyMap<string, Uint8Array>, name: string): Uint8Array {
  return files.get(name) ?? fail(`it has no file ${name}`);
}

function fail(reason: string): never {
  throw brokenSource(reason);
}

function brokenSource(reason: string): AppError {
  return new AppError(`The source of the bundled model is not what we expect: ${reason}`, {
    code: "MODEL_BUILD_FAILED",
    hint: "Remove the folder `source` in the models folder and build again; report it if it stays.",
  });
}
