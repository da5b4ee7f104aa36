import type { Detections } from "../detector/detections.ts";
import { writeBox } from "./motion-filter.ts";
import type { PastTracks } from "./tracks.ts";

/** Moments kept per track; when they are full every second one goes, so that they always reach back to the birth. */
export const MOMENTS = 64;
const BOX = 4;

/** Where tracks were that are not reported yet: their whole life, the longer the more sparsely. */
export class PastMemory {
  readonly #atS: Float64Array;
  readonly #boxes: Float32Array;
  readonly #seen: Float32Array;
  readonly #scores: Float32Array;
  readonly #count: Int32Array;
  /** Only every so many-th moment is kept; how many have come since the last one. */
  readonly #step: Int32Array;
  readonly #skipped: Int32Array;

  constructor(capacity: number) {
    this.#atS = new Float64Array(capacity * MOMENTS);
    this.#boxes = new Float32Array(capacity * MOMENTS * BOX);
    this.#seen = new Float32Array(capacity * MOMENTS * BOX);
    this.#scores = new Float32Array(capacity * MOMENTS);
    this.#count = new Int32Array(capacity);
    this.#step = new Int32Array(capacity);
    this.#skipped = new Int32Array(capacity);
  }

  start(slot: number): void {
    this.#count[slot] = 0;
    this.#step[slot] = 1;
    this.#skipped[slot] = 0;
  }

  /** Notes the filtered box of a track, and detection `j` that led to it. */
  add(slot: number, states: Float64Array, { boxes, scores }: Detections, j: number, tS: number): void {
    this.#skipped[slot]!++;
    if (this.#count[slot]! > 0 && this.#skipped[slot]! < this.#step[slot]!) return;
    this.#skipped[slot] = 0;
    if (this.#count[slot] === MOMENTS) this.#thin(slot);
    const to = slot * MOMENTS + this.#count[slot]!;
    this.#count[slot]!++;
    this.#atS[to] = tS;
    this.#scores[to] = scores[j]!;
    writeBox(states, slot, this.#boxes, BOX * to);
    for (let k = 0; k < BOX; k++) this.#seen[BOX * to + k] = boxes[BOX * j + k]!;
  }

  /** Adds a track's moments before `tS` to `past`, and forgets them. */
  tell(slot: number, id: number, past: PastTracks, tS: number): void {
    const from = slot * MOMENTS;
    for (let k = from; k < from + this.#count[slot]!; k++) {
      if (this.#atS[k]! >= tS) break;
      const to = past.count++;
      past.ids[to] = id;
      past.atS[to] = this.#atS[k]!;
      past.scores[to] = this.#scores[k]!;
      for (let c = 0; c < BOX; c++) past.boxes[BOX * to + c] = this.#boxes[BOX * k + c]!;
      for (let c = 0; c < BOX; c++) past.seen[BOX * to + c] = this.#seen[BOX * k + c]!;
    }
    this.#count[slot] = 0;
  }

  #thin(slot: number): void {
    const from = slot * MOMENTS;
    for (let k = 1; k < MOMENTS / 2; k++) this.#copy(from + 2 * k, from + k);
    this.#count[slot] = MOMENTS / 2;
    this.#step[slot]! *= 2;
  }

  #copy(from: number, to: number): void {
    this.#atS[to] = this.#atS[from]!;
    this.#scores[to] = this.#scores[from]!;
    this.#boxes.copyWithin(BOX * to, BOX * from, BOX * (from + 1));
    this.#seen.copyWithin(BOX * to, BOX * from, BOX * (from + 1));
  }
}
