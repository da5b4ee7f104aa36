import type { Letterbox } from "../camera/letterbox.ts";
import type { Picture } from "../camera/port.ts";

/** Boxes as `[left, top, right, bottom]` at 4i..4i+3 with their scores. */
export interface ScoredBoxes {
  readonly boxes: Float32Array;
  readonly scores: Float32Array;
}

/** Where a picture lies in the frame. */
export interface Unletterbox {
  readonly letterbox: Letterbox;
  readonly picture: Picture;
}

/**
 * Writes the first `count` boxes of `from` (frame pixels) to `to` (source pixels), clipped to the picture.
 * A box that lies wholly in the letterbox's margin is left out; returns how many remain, in the same order.
 */
export function unletterbox(from: ScoredBoxes, count: number, to: ScoredBoxes, view: Unletterbox): number {
  const { left, top, scaleX, scaleY } = view.letterbox;
  const { width, height } = view.picture;
  let kept = 0;
  for (let i = 0; i < count; i++) {
    const x1 = clip((from.boxes[4 * i]! - left) / scaleX, width);
    const y1 = clip((from.boxes[4 * i + 1]! - top) / scaleY, height);
    const x2 = clip((from.boxes[4 * i + 2]! - left) / scaleX, width);
    const y2 = clip((from.boxes[4 * i + 3]! - top) / scaleY, height);
    if (!(x2 > x1 && y2 > y1)) continue;
    to.boxes[4 * kept] = x1;
    to.boxes[4 * kept + 1] = y1;
    to.boxes[4 * kept + 2] = x2;
    to.boxes[4 * kept + 3] = y2;
    to.scores[kept++] = from.scores[i]!;
  }
  return kept;
}

function clip(value: number, limit: number): number {
  return Math.min(Math.max(value, 0), limit);
}
