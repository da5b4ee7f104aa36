import { AppError } from "../../../firmware-config/kit/errors.ts";
import type { FrameShape } from "../../camera/port.ts";
import type { DetectorModel } from "../model.ts";
import { centernet } from "./centernet/centernet.ts";
import { detr } from "./detr/detr.ts";
import type { Family } from "./family.ts";
import { nanodet } from "./nanodet/nanodet.ts";
import { ssd } from "./ssd/ssd.ts";
import { yolov8 } from "./yolov8/yolov8.ts";
import { yolox } from "./yolox/yolox.ts";

/** All families by the name that `models/families/families.ts` gives them: the one list on this side. */
export const FAMILIES = {
  ssd,
  yolox,
  "yolov8-style": yolov8,
  nanodet,
  "detr-style": detr,
  "centernet-style": centernet,
} as const satisfies Readonly<Record<string, Family>>;

/** The family of a model; throws MODEL_INVALID for one of another version. */
export function familyOf({ family, path }: Pick<DetectorModel, "family" | "path">): Family {
  if (Object.hasOwn(FAMILIES, family)) return FAMILIES[family];
  throw new AppError(`${path} is of a family that this version does not know: ${family}`, {
    code: "MODEL_INVALID",
    hint: `Known are ${Object.keys(FAMILIES).join(", ")}; add the model again with this version.`,
  });
}

/** The frames that a model wants. */
export function shapeOf(model: DetectorModel): FrameShape {
  return { width: model.inputWidth, height: model.inputHeight, ...familyOf(model).frame };
}
