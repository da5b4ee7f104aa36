import type { Candidates } from "./candidates.ts";
import type { Detections } from "./detections.ts";

/** What remains; the persons of a picture. */
export type Kept = Omit<Detections, "finite">;

/**
 * Greedy non-maximum suppression: of two boxes that overlap by more than `maxIou` the lower-scored one goes.
 * Writes what remains to `kept`, best score first.
 */
export function suppress(found: Candidates, maxIou: number, kept: Kept): void {
  kept.count = 0;
  for (let i = 0; i < found.count; i++) {
    const place = found.order[i]!;
    if (overlapsKept(found.boxes, place, kept, maxIou)) continue;
    for (let k = 0; k < 4; k++) kept.boxes[4 * kept.count + k] = found.boxes[4 * place + k]!;
    kept.scores[kept.count++] = found.scores[place]!;
  }
}

/** Writes all to `kept`, best score first: for a model that gives one box a person. */
export function keepAll(found: Candidates, kept: Kept): void {
  kept.count = found.count;
  for (let i = 0; i < found.count; i++) {
    const place = found.order[i]!;
    for (let k = 0; k < 4; k++) kept.boxes[4 * i + k] = found.boxes[4 * place + k]!;
    kept.scores[i] = found.scores[place]!;
  }
}

function overlapsKept(boxes: Float32Array, place: number, kept: Kept, maxIou: number): boolean {
  for (let j = 0; j < kept.count; j++) if (iou(boxes, place, kept.boxes, j) > maxIou) return true;
  return false;
}

/** Intersection over union of box i of `a` and box j of `b`, 0..1. */
export function iou(a: ArrayLike<number>, i: number, b: ArrayLike<number>, j: number): number {
  const width = Math.min(a[4 * i + 2]!, b[4 * j + 2]!) - Math.max(a[4 * i]!, b[4 * j]!);
  const height = Math.min(a[4 * i + 3]!, b[4 * j + 3]!) - Math.max(a[4 * i + 1]!, b[4 * j + 1]!);
  if (!(width > 0 && height > 0)) return 0;
  const shared = width * height;
  return shared / (areaOf(a, i) + areaOf(b, j) - shared);
}

function areaOf(boxes: ArrayLike<number>, i: number): number {
  return (boxes[4 * i + 2]! - boxes[4 * i]!) * (boxes[4 * i + 3]! - boxes[4 * i + 1]!);
}
