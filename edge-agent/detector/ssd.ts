import type { InferenceSession } from "onnxruntime-node";
import type { Candidates } from "./candidates.ts";
import type { DetectorModel } from "./model.ts";
import { Tensor } from "./onnx-runtime.ts";
import type { Runner } from "./runner.ts";
import { shapeIn, shapeOfOutput } from "./session-ports.ts";

/** Our own export of SSD: bytes go in as they come from the camera, boxes come out in frame pixels. */
export async function createSsdRunner(session: InferenceSession, model: DetectorModel): Promise<Runner> {
  const { inputWidth: width, inputHeight: height } = model;
  const [inputName = "image"] = session.inputNames;
  const input = shapeIn(session.inputMetadata, { name: inputName, type: "uint8", shape: [1, height, width, 3] });
  const pixels = new Uint8Array(width * height * 3);
  const feeds = { [inputName]: new Tensor("uint8", pixels, input) };
  const trial = await session.run(feeds);
  const boxShape = shapeOfOutput(trial, { name: "boxes", type: "float32", shape: [1, undefined, 4] });
  const anchors = boxShape[1]!;
  const scoreShape = shapeOfOutput(trial, { name: "scores", type: "float32", shape: [1, anchors] });
  const boxes = new Float32Array(4 * anchors);
  const scores = new Float32Array(anchors);
  return {
    feeds,
    fetches: { boxes: new Tensor("float32", boxes, boxShape), scores: new Tensor("float32", scores, scoreShape) },
    load: (frame) => pixels.set(frame),
    decode: (minScore, found) => decodeSsd({ boxes, scores }, minScore, found),
  };
}

/** Outputs of the `ssd` family: anchor i's person score, and its box `[left, top, right, bottom]` at 4i..4i+3. */
export interface SsdOutput {
  readonly boxes: Float32Array;
  readonly scores: Float32Array;
}

/** Collects the boxes with at least `minScore`; false when a number is not finite, and then nothing of the picture is known. */
export function decodeSsd(output: SsdOutput, minScore: number, found: Candidates): boolean {
  const { boxes, scores } = output;
  let zero = 0;
  for (let i = 0; i < scores.length; i++) {
    const score = scores[i]!;
    zero += score * 0 + boxes[4 * i]! * 0 + boxes[4 * i + 1]! * 0 + boxes[4 * i + 2]! * 0 + boxes[4 * i + 3]! * 0;
    if (!(score >= minScore) || !found.wants(score)) continue;
    found.add(score, boxes[4 * i]!, boxes[4 * i + 1]!, boxes[4 * i + 2]!, boxes[4 * i + 3]!);
  }
  return zero === 0;
}
