import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createDetector } from "../../../../edge-agent/detector/onnx-detector.ts";
import { probeModel } from "../../../../edge-agent/detector/probe/probe-model.ts";
import { inspectModel } from "../../../../models/inspect.ts";
import { tempDir } from "../../../support/temp-dir.ts";

/** Side of the square pictures of these tests; a whole multiple of every stride. */
export const SIDE = 320;
/** Where the probe draws the first person in such a picture. */
export const PERSON = { left: 61, top: 67, right: 139, bottom: 274, x: 100, y: 170.5, width: 78, height: 207 } as const;

/** What a model file of ours goes through: its form is recognised, it is tried, and it finds persons in a grey picture. */
export async function tryFamily(bytes: Uint8Array) {
  const path = join(await tempDir(), "m.onnx");
  await writeFile(path, bytes);
  const { family, inputWidth, inputHeight } = await inspectModel(path);
  const model = { path, family, inputWidth, inputHeight };
  const { boxes, drawnPeopleScore } = await probeModel(model);
  const detector = await createDetector({ ...model, boxes }, { threads: 1, minScore: 0.3, nmsIou: 0.6 });
  const picture = { width: inputWidth, height: inputHeight };
  const data = new Uint8Array(3 * inputWidth * inputHeight).fill(128);
  const frame = { cameraId: "c", index: 0, captureMs: 0, atS: 0, picture, release: () => {}, data };
  const found = await detector.detect(frame).finally(() => detector.close());
  return {
    family,
    drawnPeopleScore,
    finite: found.finite,
    scores: Array.from(found.scores.subarray(0, found.count), (score) => Math.round(score * 100) / 100),
    boxes: Array.from({ length: found.count }, (_, i) =>
      Array.from(found.boxes.subarray(4 * i, 4 * i + 4), (side) => Math.round(side)),
    ),
  };
}
