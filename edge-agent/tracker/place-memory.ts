import type { Detections } from "../detector/detections.ts";
import { iou } from "../detector/nms.ts";
import { hasArea } from "./similarity.ts";

const PLACES = 64;
/** Two boxes that overlap this much are at the same place. */
const SAME_IOU = 0.6;
/** A place where nothing was seen for this long is forgotten. */
const FORGET_S = 5;
/** A place is taken when something was seen there for this long, in at least this share of the time since it was first seen. */
const TAKEN_S = 3;
const TAKEN_SHARE = 0.8;
/** Time between two frames counts as seen up to this. */
const LONGEST_FRAME_S = 1;

/**
 * Where the detector has been seeing something for a while, however weakly. Who first appears at such a place did not come
 * there: it is the poster whose score has just risen. Bounded: the place seen for the shortest time goes first.
 */
export class PlaceMemory {
  readonly #boxes = new Float32Array(4 * PLACES);
  readonly #firstS = new Float64Array(PLACES);
  readonly #lastS = new Float64Array(PLACES).fill(Number.NEGATIVE_INFINITY);
  readonly #seenS = new Float64Array(PLACES);
  #previousS = Number.NaN;

  /** Takes in all detections of one frame from `minScore` on. */
  update(detections: Detections, minScore: number, tS: number): void {
    const frameS = Number.isNaN(this.#previousS) ? 0 : Math.min(LONGEST_FRAME_S, tS - this.#previousS);
    this.#previousS = tS;
    for (let j = 0; j < detections.count; j++) {
      if (!(detections.scores[j]! >= minScore) || !hasArea(detections.boxes, 4 * j)) continue;
      const place = this.#find(detections.boxes, 4 * j, tS);
      if (place === -1) this.#add(detections.boxes, 4 * j, tS);
      else this.#renew(place, frameS, tS);
    }
  }

  /** True when something was there for some seconds already before the box at `at` in `boxes`. */
  isTaken(boxes: Float32Array, at: number, tS: number): boolean {
    const place = this.#find(boxes, at, tS);
    if (place === -1) return false;
    const sinceS = tS - this.#firstS[place]!;
    return this.#seenS[place]! >= TAKEN_S && this.#seenS[place]! >= TAKEN_SHARE * sinceS;
  }

  #renew(place: number, frameS: number, tS: number): void {
    if (this.#lastS[place] === tS) return;
    this.#seenS[place] = this.#seenS[place]! + frameS;
    this.#lastS[place] = tS;
  }

  #add(boxes: Float32Array, at: number, tS: number): void {
    let place = 0;
    for (let p = 0; p < PLACES; p++) if (this.#worth(p, tS) < this.#worth(place, tS)) place = p;
    for (let k = 0; k < 4; k++) this.#boxes[4 * place + k] = boxes[at + k]!;
    this.#firstS[place] = tS;
    this.#lastS[place] = tS;
    this.#seenS[place] = 0;
  }

  #worth(place: number, tS: number): number {
    return tS - this.#lastS[place]! > FORGET_S ? -1 : this.#seenS[place]!;
  }

  #find(boxes: Float32Array, at: number, tS: number): number {
    for (let place = 0; place < PLACES; place++) {
      if (tS - this.#lastS[place]! > FORGET_S) continue;
      if (iou(this.#boxes, place, boxes, at / 4) >= SAME_IOU) return place;
    }
    return -1;
  }
}
