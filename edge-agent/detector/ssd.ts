import { type InferenceSession, Tensor } from "onnxruntime-node";
import type { Candidates } from "./candidates.ts";
import type { DetectorModel } from "./model.ts";
import type { Runner } from "./runner.ts";
import { shapeIn } from "./session-ports.ts";

/** Our own export of SSD: bytes go in as they come from the camera, boxes come out in frame pixels. */
export function createSsdRunner(session: InferenceSession, model: DetectorModel): Runner {
  const { inputWidth: width, inputHeight: height } = model;
  const [inputName = "image"] = session.inputNames;
  const input = shapeIn(session.inputMetadata, { name: inputName, type: "uint8", shape: [1, height, width, 3] });
  const boxShape = shapeIn(session.outputMetadata, { name: "boxes", type: "float32", shape: [1, undefined, 4] });
  const anchors = boxShape[1]!;
  const scoreShape = shapeIn(session.outputMetadata, { name: "scores", type: "float32", shape: [1, anchors] });
  const pixels = new Uint8Array(width * height * 3);
  const boxes = new Float32Array(4 * anchors);
  const scores = new Float32Array(anchors);
  return {
    feeds: { [inputName]: new Tensor("uint8", pixels, input) },
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

/** Collects the boxes with at least `minScore`. */
export function decodeSsd(output: SsdOutput, minScore: number, found: Candidates): void {
  const { boxes, scores } = output;
  for (let i = 0; i < scores.length; i++) {
    const score = scores[i]!;
    if (!(score >= minScore) || !found.wants(score)) continue;
    found.add(score, boxes[4 * i]!, boxes[4 * i + 1]!, boxes[4 * i + 2]!, boxes[4 * i + 3]!);
  }
}
