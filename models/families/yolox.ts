import { cellsOf, type FamilyForm, isMultiple, isOutput, planesSize } from "./family.ts";

const STRIDES = [8, 16, 32] as const;
/** Box, objectness and COCO's 80 classes; or box, objectness and person alone. */
const ROW_SIZES = [85, 6] as const;

/** The public export of YOLOX. */
export const yolox: FamilyForm = {
  text: "float32 [1, 3, H, W] -> float32 [1, N, 85 or 6] for strides 8, 16 and 32",
  // For which YOLOX's authors trained the nano and tiny models that a store device can run.
  freeSize: { width: 416, height: 416 },
  match({ inputs: [input, ...more], outputs: [output, ...others] }, free) {
    if (input === undefined || output === undefined || more.length + others.length > 0) return undefined;
    const size = planesSize(input, free);
    if (size === undefined || !isMultiple(size, 32)) return undefined;
    const cells = cellsOf(size, STRIDES);
    return ROW_SIZES.some((columns) => isOutput(output, [1, cells, columns])) ? size : undefined;
  },
};
