import type { OnnxHeader } from "../onnx/header.ts";
import { centernet } from "./centernet.ts";
import { detr } from "./detr.ts";
import type { FamilyForm, InputSize } from "./family.ts";
import { nanodet } from "./nanodet.ts";
import { ssd } from "./ssd.ts";
import { yolov8 } from "./yolov8.ts";
import { yolox } from "./yolox.ts";

/** How a model's outputs are read; `edge-agent/detector/families/` does it under the same names. */
export const FAMILY_NAMES = ["ssd", "yolox", "yolov8-style", "nanodet", "detr-style", "centernet-style"] as const;
export type ModelFamily = (typeof FAMILY_NAMES)[number];

/** The form of each, the stricter before the looser. */
const FAMILIES: Readonly<Record<ModelFamily, FamilyForm>> = {
  ssd,
  yolox,
  "yolov8-style": yolov8,
  nanodet,
  "detr-style": detr,
  "centernet-style": centernet,
};

/** A family and the picture size that a model of it takes. */
export interface FamilyMatch {
  readonly family: ModelFamily;
  readonly inputWidth: number;
  readonly inputHeight: number;
}

/** What each family looks like, for messages. */
export const SUPPORTED_FAMILIES = FAMILY_NAMES.map((name) => `${name} (${FAMILIES[name].text})`).join(", ");

/**
 * The family whose inputs and outputs a model has, and its picture size: its own, or `size`, or the family's where it leaves it
 * free; undefined when there is none. Only forms are compared here: what the numbers mean the probe finds out.
 */
export function familyOf(header: OnnxHeader, size?: InputSize): FamilyMatch | undefined {
  for (const family of FAMILY_NAMES) {
    const { freeSize, match } = FAMILIES[family];
    const found = match(header, size ?? freeSize);
    if (found !== undefined) return { family, inputWidth: found.width, inputHeight: found.height };
  }
  return undefined;
}
