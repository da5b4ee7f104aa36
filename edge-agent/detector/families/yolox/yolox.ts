import type { Family, Levels } from "../family.ts";
import { createYoloxGrid, decodeYolox } from "./decode-yolox.ts";
import { judgeYolox } from "./judge-yolox.ts";

/** Box, objectness and COCO's 80 classes; or box, objectness and person alone. */
const ROW_SIZES: readonly number[] = [85, 6];
const BYTES: Levels = { order: "bgr", level: (byte) => byte };

/** YOLOX (Ge et al., 2021) as exported by its authors: float planes B, G, R of 0..255 in, the grid out, raw or decoded. */
export const yolox: Family = {
  frame: { pixelFormat: "gbrp", padValue: 114, padAlign: "top-left" },
  input: "planes",
  needsNms: true,
  open(outputs, { inputWidth, inputHeight, boxes }) {
    const grid = createYoloxGrid(inputWidth, inputHeight);
    const [{ name } = { name: "output" }] = outputs.ports;
    const { values, dims } = outputs.take(name, [1, grid.strides.length, undefined]);
    if (!ROW_SIZES.includes(dims[2] ?? 0))
      throw new Error(`the model gives rows of ${dims[2]} numbers; it needs 85 or 6`);
    const output = { grid, values, boxes };
    return { levels: BYTES, read: (minScore, found) => decodeYolox(output, minScore, found) };
  },
  judge(outputs, { inputWidth: width, inputHeight: height }) {
    const [values] = Object.values(outputs[0]?.values ?? {});
    const cells = createYoloxGrid(width, height).strides.length;
    return judgeYolox(outputs, { width, height }, (values?.length ?? 0) / cells);
  },
};
