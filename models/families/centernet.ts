import { type FamilyForm, isMultiple, isOutput, planesSize } from "./family.ts";

/** CenterNet: maps of centres, of sizes and of offsets, a quarter of the picture wide. */
export const centernet: FamilyForm = {
  text: "float32 [1, 3, H, W] -> hm float32 [1, 80 or 1, H/4, W/4], wh and reg float32 [1, 2, H/4, W/4]",
  freeSize: { width: 512, height: 512 },
  match({ inputs: [input, ...more], outputs }, free) {
    const sizes = outputs.find(({ name }) => /wh|size/i.test(name));
    const offsets = outputs.find(({ name }) => /reg|off/i.test(name));
    const heat = outputs.find((port) => port !== sizes && port !== offsets);
    const isThree = outputs.length === 3 && sizes !== offsets;
    if (input === undefined || more.length > 0 || !isThree || !sizes || !offsets || !heat) return undefined;
    const size = planesSize(input, free);
    if (size === undefined || !isMultiple(size, 32)) return undefined;
    const cells = [size.height / 4, size.width / 4];
    const areOffsets = isOutput(sizes, [1, 2, ...cells]) && isOutput(offsets, [1, 2, ...cells]);
    return areOffsets && [80, 1].some((classes) => isOutput(heat, [1, classes, ...cells])) ? size : undefined;
  },
};
