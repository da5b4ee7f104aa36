import { cellsOf, type FamilyForm, isMultiple, isOutput, planesSize } from "./family.ts";

const STRIDES = [8, 16, 32] as const;

/** The exports of YOLOv8 and v11, and of YOLOv5 with its objectness and three boxes a cell. */
export const yolov8: FamilyForm = {
  text: "float32 [1, 3, H, W] -> float32 [1, 84 or 5, N], or [1, 3 N, 85 or 6]",
  freeSize: { width: 640, height: 640 },
  match({ inputs: [input, ...more], outputs: [output, ...others] }, free) {
    if (input === undefined || output === undefined || more.length + others.length > 0) return undefined;
    const size = planesSize(input, free);
    if (size === undefined || !isMultiple(size, 32)) return undefined;
    const cells = cellsOf(size, STRIDES);
    const isV8 = [84, 5].some((length) => isOutput(output, [1, length, cells]));
    return isV8 || [85, 6].some((length) => isOutput(output, [1, 3 * cells, length])) ? size : undefined;
  },
};
