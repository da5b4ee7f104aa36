/** Samples kept per track, and the seconds between two of them: together they reach back over `HEADING_S`. */
const SAMPLES = 8;
const SPACING_S = 0.1;
const SAMPLE = 3;
/** Heading is measured over this time; over one frame it would be the detector's jitter (OC-SORT, Cao et al. 2023). */
const HEADING_S = 0.8;
/** Shorter moves than this, in box heights, have no heading. */
const MIN_MOVE = 0.05;

/** Where each track was seen lately, in flat rings; tells how sharply a detection would make it turn. */
export class PathMemory {
  readonly #samples: Float64Array;
  readonly #written: Int32Array;
  readonly #lastX: Float64Array;
  readonly #lastY: Float64Array;

  constructor(capacity: number) {
    this.#samples = new Float64Array(capacity * SAMPLES * SAMPLE);
    this.#written = new Int32Array(capacity);
    this.#lastX = new Float64Array(capacity);
    this.#lastY = new Float64Array(capacity);
  }

  start(slot: number): void {
    this.#written[slot] = 0;
  }

  /** Notes that the track was seen with its centre at x, y. */
  add(slot: number, x: number, y: number, tS: number): void {
    this.#lastX[slot] = x;
    this.#lastY[slot] = y;
    const written = this.#written[slot]!;
    if (written > 0 && tS - this.#samples[this.#at(slot, written - 1) + 2]! < SPACING_S - 1e-6) return;
    const at = this.#at(slot, written);
    this.#samples[at] = x;
    this.#samples[at + 1] = y;
    this.#samples[at + 2] = tS;
    this.#written[slot] = written + 1;
  }

  /** Share of a box at `at` in `boxes` that the track would cover if it were where it was last seen; both are as large. */
  sharedWithLast(slot: number, boxes: Float32Array, at: number): number {
    const width = boxes[at + 2]! - boxes[at]!;
    const height = boxes[at + 3]! - boxes[at + 1]!;
    const acrossX = Math.abs((boxes[at]! + boxes[at + 2]!) / 2 - this.#lastX[slot]!) / width;
    const acrossY = Math.abs((boxes[at + 1]! + boxes[at + 3]!) / 2 - this.#lastY[slot]!) / height;
    return Math.max(0, 1 - acrossX) * Math.max(0, 1 - acrossY);
  }

  /** Turn needed to reach x, y: -0.5 = straight on, 0.5 = back; 0 where either move is too short to tell. */
  turn(slot: number, x: number, y: number, height: number): number {
    const from = this.#past(slot);
    const headX = this.#lastX[slot]! - this.#samples[from]!;
    const headY = this.#lastY[slot]! - this.#samples[from + 1]!;
    const toX = x - this.#lastX[slot]!;
    const toY = y - this.#lastY[slot]!;
    const head = Math.sqrt(headX * headX + headY * headY);
    const to = Math.sqrt(toX * toX + toY * toY);
    if (head <= MIN_MOVE * height || to <= MIN_MOVE * height) return 0;
    const cosine = (headX * toX + headY * toY) / (head * to);
    return Math.acos(Math.max(-1, Math.min(1, cosine))) / Math.PI - 0.5;
  }

  /** The newest sample at least `HEADING_S` older than the last one, else the oldest. */
  #past(slot: number): number {
    const written = this.#written[slot]!;
    const newest = this.#samples[this.#at(slot, written - 1) + 2]!;
    const oldest = Math.max(0, written - SAMPLES);
    for (let k = written - 2; k > oldest; k--) {
      const at = this.#at(slot, k);
      if (newest - this.#samples[at + 2]! >= HEADING_S - 1e-6) return at;
    }
    return this.#at(slot, oldest);
  }

  #at(slot: number, sample: number): number {
    return (slot * SAMPLES + (sample % SAMPLES)) * SAMPLE;
  }
}
