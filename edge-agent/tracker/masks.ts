import { createDetections, type Detections } from "../detector/detections.ts";
import type { View } from "./entrances.ts";
import { polygonContains } from "./polygon.ts";

interface Masked extends Omit<View, "entries"> {
  /** Areas in which nobody is looked for, corners 0..1. */
  readonly masks: readonly { readonly polygon: readonly (readonly [number, number])[] }[];
}

/** Leaves out who stands where nobody is looked for: in a mirror, on a screen, on a poster. */
export class Masks {
  readonly #areas: readonly Float64Array[];
  readonly #view: Masked;
  #kept = createDetections(0);

  constructor(view: Masked) {
    const { width, height, masks } = view;
    this.#view = view;
    this.#areas = masks.map(({ polygon }) => Float64Array.from(polygon.flatMap(([x, y]) => [x * width, y * height])));
  }

  /** The detections whose foot is in no mask; reused by the next call. */
  of(detections: Detections): Detections {
    if (this.#areas.length === 0) return detections;
    if (this.#kept.scores.length < detections.count) this.#kept = createDetections(detections.scores.length);
    const kept = this.#kept;
    kept.count = 0;
    for (let i = 0; i < detections.count; i++) {
      if (this.#isMasked(detections.boxes, 4 * i)) continue;
      for (let side = 0; side < 4; side++) kept.boxes[4 * kept.count + side] = detections.boxes[4 * i + side]!;
      kept.scores[kept.count++] = detections.scores[i]!;
    }
    return kept;
  }

  #isMasked(boxes: Float32Array, at: number): boolean {
    const bottom = this.#view.foot === "centre" ? (boxes[at + 1]! + boxes[at + 3]!) / 2 : boxes[at + 3]!;
    const x = Math.max(0, Math.min(this.#view.width - 1e-3, (boxes[at]! + boxes[at + 2]!) / 2));
    const y = Math.max(0, Math.min(this.#view.height - 1e-3, bottom));
    for (const area of this.#areas) if (polygonContains(area, x, y)) return true;
    return false;
  }
}
