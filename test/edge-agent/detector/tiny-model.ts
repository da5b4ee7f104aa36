import { writeFile } from "node:fs/promises";
import type { DetectorModel } from "../../../edge-agent/detector/model.ts";
import { OnnxGraph } from "../../../models/onnx/graph.ts";
import { SHAPE } from "./frames.ts";

/** Boxes of the tiny model in its own pixels; the second lies on the first. */
const BOXES = Float32Array.of(2, 0, 6, 4, 2, 0, 6, 3.5, 0, 1, 1, 3);
/** Score of each box on a white frame; a darker frame scales them down. */
export const WHITE_SCORES = [0.9, 0.8, 0.5] as const;

/**
 * Writes a model of the family `ssd` which sees the same three persons everywhere, the surer the lighter the frame; one that is
 * blind in the dark gives NaN for a black frame.
 */
export async function writeTinyModel(path: string, { blindInTheDark = false } = {}): Promise<DetectorModel> {
  const graph = new OnnxGraph();
  const count = WHITE_SCORES.length;
  graph.constant("persons", [1, count, 4], BOXES);
  graph.constant(
    "weights",
    [1, count],
    Float32Array.from(WHITE_SCORES, (score) => score / 255),
  );
  graph.node({ op: "Cast", inputs: ["image"], output: "pixels", attributes: { to: 1 } });
  const axes = { axes: [1, 2, 3], keepdims: 0 };
  graph.node({ op: "ReduceMean", inputs: ["pixels"], output: "light", attributes: axes });
  graph.node({ op: "Sign", inputs: ["light"], output: "isLight" });
  graph.node({ op: "Div", inputs: ["light", "isLight"], output: "lightOrNaN" });
  graph.node({ op: "Mul", inputs: [blindInTheDark ? "lightOrNaN" : "light", "weights"], output: "scores" });
  graph.node({ op: "Identity", inputs: ["persons"], output: "boxes" });
  const { height, width } = SHAPE;
  const bytes = graph.toBytes({
    inputs: [{ name: "image", element: "uint8", dims: [1, height, width, 3] }],
    outputs: [
      { name: "boxes", element: "float32", dims: [1, count, 4] },
      { name: "scores", element: "float32", dims: [1, count] },
    ],
    metadata: {},
  });
  await writeFile(path, bytes);
  return { path, family: "ssd", inputWidth: width, inputHeight: height };
}
