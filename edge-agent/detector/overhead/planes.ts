import type { Picture } from "../../camera/port.ts";
import type { Box, Layout } from "./content-box.ts";

/** One picture at working size, without its letterbox: three planes of `width * height` bytes. */
export interface Planes {
  readonly width: number;
  readonly height: number;
  readonly g: Uint8Array;
  readonly b: Uint8Array;
  readonly r: Uint8Array;
}

export function createPlanes({ width, height }: Picture): Planes {
  const n = width * height;
  return { width, height, g: new Uint8Array(n), b: new Uint8Array(n), r: new Uint8Array(n) };
}

/** Cuts the picture out of a `gbrp` frame whose rows are `stride` bytes and whose planes are `planeBytes` apart. */
export function readPlanes(
  frame: Uint8Array,
  { left, top }: Pick<Box, "left" | "top">,
  { stride, planeBytes }: Layout,
  to: Planes,
): void {
  const { width, height, g, b, r } = to;
  for (let y = 0; y < height; y++) {
    let from = (top + y) * stride + left;
    const end = (y + 1) * width;
    for (let at = y * width; at < end; at++, from++) {
      g[at] = frame[from]!;
      b[at] = frame[from + planeBytes]!;
      r[at] = frame[from + 2 * planeBytes]!;
    }
  }
}
