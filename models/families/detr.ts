import type { PortInfo } from "../onnx/header.ts";
import { type FamilyForm, hasForm, isOutput, planesSize } from "./family.ts";

/** RT-DETR and D-FINE, person alone or COCO in a row; RF-DETR; DETR. */
const CLASSES: readonly unknown[] = [1, 80, 91, 92];

/** DETR and those after it: logits and boxes in parts of the picture, or labels, boxes in pixels and scores. */
export const detr: FamilyForm = {
  text:
    "float32 [1, 3, H, W] -> logits float32 [1, N, 80, 91, 92 or 1] and boxes float32 [1, N, 4], or with " +
    "orig_target_sizes int64 [1, 2] -> labels int64 [1, N], boxes float32 [1, N, 4] and scores float32 [1, N]",
  freeSize: { width: 640, height: 640 },
  match({ inputs, outputs }, free) {
    const sizes = inputs.find(({ name }) => name === "orig_target_sizes");
    const [input, another] = inputs.filter((port) => port !== sizes);
    if (input === undefined || another !== undefined) return undefined;
    const fits = sizes === undefined ? isQueries(outputs) : isSize(sizes) && isListed(outputs);
    return fits ? planesSize(input, free) : undefined;
  },
};

function isSize({ element, dims }: PortInfo): boolean {
  return element === "int64" && hasForm(dims, [1, 2]);
}

function isQueries(outputs: readonly PortInfo[]): boolean {
  const boxes = outputs.find(({ dims }) => dims[2] === 4);
  const logits = outputs.find(({ dims }) => CLASSES.includes(dims[2]));
  if (boxes === undefined || logits === undefined || outputs.length !== 2) return false;
  return isOutput(boxes, [1, undefined, 4]) && isOutput(logits, [1, undefined, undefined]);
}

function isListed(outputs: readonly PortInfo[]): boolean {
  const named = (name: string) => outputs.find((port) => port.name === name);
  const [labels, boxes, scores] = [named("labels"), named("boxes"), named("scores")];
  if (labels === undefined || boxes === undefined || scores === undefined || outputs.length !== 3) return false;
  const isList = hasForm(labels.dims, [1, undefined]) || labels.dims.length === 0;
  return labels.element === "int64" && isList && isOutput(boxes, [1, undefined, 4]) && isOutput(scores, [1, undefined]);
}
