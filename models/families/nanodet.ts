import { cellsOf, type FamilyForm, isOutput, planesSize } from "./family.ts";

const STRIDES = [8, 16, 32, 64] as const;

/** NanoDet-Plus, with COCO's classes or person alone, and eight distances for each of four sides. */
export const nanodet: FamilyForm = {
  text: "float32 [1, 3, H, W] -> float32 [1, N, 112 or 33] for strides 8, 16, 32 and 64",
  freeSize: { width: 416, height: 416 },
  match({ inputs: [input, ...more], outputs: [output, ...others] }, free) {
    if (input === undefined || output === undefined || more.length + others.length > 0) return undefined;
    const size = planesSize(input, free);
    if (size === undefined) return undefined;
    const cells = cellsOf(size, STRIDES);
    return [112, 33].some((length) => isOutput(output, [1, cells, length])) ? size : undefined;
  },
};
