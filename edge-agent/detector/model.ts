import type { FrameShape } from "../camera/port.ts";

/** The model as the registry found it. */
export interface DetectorModel {
  readonly path: string;
  readonly family: "ssd" | "yolox";
  /** Pixels. */
  readonly inputWidth: number;
  /** Pixels. */
  readonly inputHeight: number;
}

/** The frames that the model's family expects. `ssd` subtracts mid-grey, so a mid-grey margin is its zero padding. */
export function shapeOf(model: DetectorModel): FrameShape {
  const size = { width: model.inputWidth, height: model.inputHeight };
  if (model.family === "yolox") return { ...size, pixelFormat: "gbrp", padValue: 114, padAlign: "top-left" };
  return { ...size, pixelFormat: "rgb24", padValue: 128, padAlign: "centre" };
}
