import type { FrameShape, Picture } from "./port.ts";

/** Where the source picture lies in a frame: the frame's pixel of source pixel (x, y) is (left + x * scaleX, top + y * scaleY). */
export interface Letterbox {
  /** Left edge of the picture in the frame, pixels. */
  readonly left: number;
  /** Top edge of the picture in the frame, pixels. */
  readonly top: number;
  /** Width of the picture in the frame, pixels. */
  readonly width: number;
  /** Height of the picture in the frame, pixels. */
  readonly height: number;
  readonly scaleX: number;
  readonly scaleY: number;
}

/** The largest place for `picture` in a frame of `shape` that keeps its proportions; sides round down, as YOLOX does. */
export function letterboxOf(picture: Picture, shape: FrameShape): Letterbox {
  const scale = Math.min(shape.width / picture.width, shape.height / picture.height);
  const width = sideOf(picture.width * scale, shape.width);
  const height = sideOf(picture.height * scale, shape.height);
  const centred = shape.padAlign === "centre";
  return {
    left: centred ? Math.floor((shape.width - width) / 2) : 0,
    top: centred ? Math.floor((shape.height - height) / 2) : 0,
    width,
    height,
    scaleX: width / picture.width,
    scaleY: height / picture.height,
  };
}

/** Rounds down, forgiving the rounding error of the product, and never leaves 1..limit. */
function sideOf(exact: number, limit: number): number {
  return Math.min(limit, Math.max(1, Math.floor(exact + 1e-6)));
}
