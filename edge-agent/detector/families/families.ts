import { AppError } from "../../../firmware-config/kit/errors.ts";
import type { FrameShape } from "../../camera/port.ts";
import type { DetectorModel } from "../model.ts";
import type { Family } from "./family.ts";
import { ssd } from "./ssd/ssd.ts";
import { yolox } from "./yolox/yolox.ts";

/** All families by the name that `models/families/families.ts` gives them: the one list on this side. */
export const FAMILIES = { ssd, yolox } as const satisfies Readonly<Record<string, Family>>;

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
