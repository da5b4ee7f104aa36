import { type FamilyForm, isOutput, pixelsSize } from "./family.ts";

/** Our own export of SSD. */
export const ssd: FamilyForm = {
  text: "uint8 [1, H, W, 3] -> boxes float32 [1, N, 4] and scores float32 [1, N]",
  // The bundled model's default (`manifest.json`).
  freeSize: { width: 512, height: 384 },
  match({ inputs: [input, another], outputs }, free) {
    const boxes = outputs.find(({ name }) => name === "boxes");
    const scores = outputs.find(({ name }) => name === "scores");
    if (input === undefined || another !== undefined || outputs.length !== 2) return undefined;
    if (boxes?.dims.length !== 3 || boxes.dims[2] !== 4 || !isOutput(boxes, [undefined, undefined, 4]))
      return undefined;
    if (scores?.dims.length !== 2 || scores.dims[1] !== boxes.dims[1] || !isOutput(scores, [undefined, undefined]))
      return undefined;
    return pixelsSize(input, free);
  },
};
