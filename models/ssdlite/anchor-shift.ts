import { samePadding } from "./same-padding.ts";

const KERNEL_PX = 3;
const STRIDE = 2;

/** Side of the pictures that the weights were trained on, in pixels. */
export const TRAINED_SIZE_PX = 300;

/**
 * How far, in pixels along one axis, a map's receptive fields lie beyond the anchor centres that the original assumes,
 * on average, after so many halvings.
 * SAME padding samples an even size one pixel later than an odd one, at every halving, so this differs between input
 * sizes; the weights learnt the value of the trained size, and anchors at another size must move by the difference.
 */
export function receptiveFieldShift(sizePx: number, halvings: number): number {
  let cells = sizePx;
  let stridePx = 1;
  let firstPx = 0.5;
  for (let step = 0; step < halvings; step++) {
    const { outputSize, before } = samePadding(cells, KERNEL_PX, STRIDE);
    firstPx += ((KERNEL_PX - 1) / 2 - before) * stridePx;
    stridePx *= STRIDE;
    cells = outputSize;
  }
  return firstPx + (stridePx * (cells - 1)) / 2 - sizePx / 2;
}

/** What to add to the original's anchor centres of one axis, in pixels; 0 at the trained size. */
export function anchorShift(sizePx: number, halvings: number): number {
  return receptiveFieldShift(sizePx, halvings) - receptiveFieldShift(TRAINED_SIZE_PX, halvings);
}
