import type { FrameShape } from "../camera/port.ts";

/**
 * How a model's boxes are written: `grid` = relative to the cell of their row, sides as logarithms (YOLOX's own export);
 * `pixels` = as they are in the frame.
 */
export type BoxReading = "grid" | "pixels";

/** The model as the registry found it. */
export interface DetectorModel {
  readonly path: string;
  readonly family: "ssd" | "yolox";
  /** Pixels. */
  readonly inputWidth: number;
  /** Pixels. */
  readonly inputHeight: number;
  /** As the probe read them; default: `grid` for yolox, and always `pixels` for ssd. */
  readonly boxes?: BoxReading | undefined;
}

/** The frames that the model's family expects. `ssd` subtracts mid-grey, so a mid-grey margin is its zero padding. */
export function shapeOf(model: DetectorModel): FrameShape {
  const size = { width: model.inputWidth, height: model.inputHeight };
  if (model.family === "yolox") return { ...size, pixelFormat: "gbrp", padValue: 114, padAlign: "top-left" };
  return { ...size, pixelFormat: "rgb24", padValue: 128, padAlign: "centre" };
}
