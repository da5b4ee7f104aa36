import { createRequire } from "node:module";
import { dirname } from "node:path";
import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import { type GraphModel, loadGraphModel } from "@tensorflow/tfjs-converter";
import { ready, setBackend, type Tensor, tensor4d } from "@tensorflow/tfjs-core";

/** The original model in TensorFlow.js, apart from everything of ours. */
export async function loadOriginal(files: ReadonlyMap<string, Uint8Array>): Promise<GraphModel> {
  setWasmPaths(`${dirname(createRequire(import.meta.url).resolve("@tensorflow/tfjs-backend-wasm"))}/`);
  await setBackend("wasm");
  await ready();
  const { modelTopology, weightsManifest } = JSON.parse(Buffer.from(files.get("model.json")!).toString());
  const [group] = weightsManifest;
  const weights = Buffer.concat(group.paths.map((path: string) => files.get(path)));
  return loadGraphModel({
    load: async () => ({ modelTopology, weightSpecs: group.weights, weightData: Uint8Array.from(weights).buffer }),
  });
}

/** What the whole original says about a picture: scores [1917, 90] without background, boxes [1917, 4] in 0..1. */
export async function runOriginal(model: GraphModel, picture: Uint8Array, sizePx: number) {
  const image = tensor4d(Int32Array.from(picture), [1, sizePx, sizePx, 3], "int32");
  const outputs = await model.executeAsync({ image_tensor: image }, [
    "Postprocessor/Slice",
    "Postprocessor/ExpandDims_1",
  ]);
  const [scores, boxes] = await valuesOf(outputs);
  return { scores: scores!, boxes: boxes! };
}

/** What the original's six class layers say about a picture of any size, before anything depends on 300 x 300. */
export async function runOriginalClassLayers(
  model: GraphModel,
  picture: Uint8Array,
  size: { width: number; height: number },
) {
  const normalised = Float32Array.from(picture, (value) => value * (2 / 255) - 1);
  const input = tensor4d(normalised, [1, size.height, size.width, 3]);
  const names = Array.from({ length: 6 }, (_, head) => `BoxPredictor_${head}/ClassPredictor/BiasAdd`);
  return valuesOf(model.execute({ "Preprocessor/sub": input }, names));
}

async function valuesOf(outputs: Tensor | Tensor[]): Promise<Float32Array[]> {
  const tensors = Array.isArray(outputs) ? outputs : [outputs];
  return Promise.all(tensors.map(async (tensor) => Float32Array.from(await tensor.data())));
}
