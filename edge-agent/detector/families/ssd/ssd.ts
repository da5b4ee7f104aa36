import type { Family } from "../family.ts";
import { decodeSsd } from "./decode-ssd.ts";
import { judgeSsd } from "./judge-ssd.ts";

/** Our own export of SSD: bytes go in as they come from the camera, boxes come out in frame pixels. */
export const ssd: Family = {
  // It subtracts mid-grey, so a mid-grey margin is its zero padding.
  frame: { pixelFormat: "rgb24", padValue: 128, padAlign: "centre" },
  input: "pixels",
  needsNms: true,
  open(outputs) {
    const boxes = outputs.take("boxes", [1, undefined, 4]);
    const scores = outputs.take("scores", [1, boxes.dims[1]]);
    const output = { boxes: boxes.values, scores: scores.values };
    return { read: (minScore, found) => decodeSsd(output, minScore, found) };
  },
  judge: (outputs, { inputWidth: width, inputHeight: height }) => judgeSsd(outputs, { width, height }),
};
