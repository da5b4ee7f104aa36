import type { Family } from "../family.ts";
import { judgeFound } from "../judge-found.ts";
import { normalised } from "../levels.ts";
import { createNanodetGrid, DISTANCES, decodeNanodet } from "./decode-nanodet.ts";

/** COCO's 80 classes, or person alone. */
const CLASSES: readonly number[] = [80, 1];
const LEVELS = normalised("bgr", {
  most: 255,
  mean: [103.53, 116.28, 123.675],
  spread: [57.375, 57.12, 58.395],
});

/** NanoDet-Plus (RangiLyu, 2021) as exported by its author: class probabilities, then four distributions of a side's distance. */
export const nanodet: Family = {
  frame: { pixelFormat: "gbrp", padValue: 114, padAlign: "centre" },
  input: "planes",
  needsNms: true,
  open(outputs, { inputWidth, inputHeight }) {
    const grid = createNanodetGrid(inputWidth, inputHeight);
    const [{ name } = { name: "output" }] = outputs.ports;
    const { values, dims } = outputs.take(name, [1, grid.strides.length, undefined]);
    const classes = (dims[2] ?? 0) - 4 * DISTANCES;
    if (!CLASSES.includes(classes))
      throw new Error(
        `the model gives rows of ${dims[2]} numbers; it needs 112 or 33 (80 classes or 1, 4 x 8 distances)`,
      );
    return { levels: LEVELS, read: (minScore, found) => decodeNanodet({ grid, values, classes }, minScore, found) };
  },
  judge(outputs, { inputWidth: width, inputHeight: height }) {
    const cells = createNanodetGrid(width, height).strides.length;
    const classScores = (values: Readonly<Record<string, Float32Array>>) => {
      const [all = new Float32Array()] = Object.values(values);
      const length = all.length / cells;
      return { length: length - 4 * DISTANCES, scores: all.filter((_, i) => i % length < length - 4 * DISTANCES) };
    };
    return judgeFound(
      outputs,
      { width, height },
      {
        scores: (values) => classScores(values).scores,
        classes(values) {
          const { length, scores } = classScores(values);
          const best = new Array<number>(Math.max(0, length)).fill(0);
          for (const [i, score] of scores.entries()) best[i % length] = Math.max(best[i % length] ?? 0, score);
          return best;
        },
      },
    );
  },
};
