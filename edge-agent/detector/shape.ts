import type { FrameShape } from "../camera/port.ts";
import type { DetectorModel } from "./model.ts";

/** The frames that a model's family was trained on. */
export function shapeOf(model: DetectorModel): FrameShape {
  const size = { width: model.inputWidth, height: model.inputHeight };
  switch (model.family) {
    case "ssd":
      return { ...size, pixelFormat: "rgb24", padValue: 0, padAlign: "centre" };
    case "yolox":
      return { ...size, pixelFormat: "gbrp", padValue: 114, padAlign: "top-left" };
  }
}
