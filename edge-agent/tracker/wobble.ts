/** Centre, top and bottom: by which the two ends of a box jump, the centre counts for both. */
const SIDES = 3;
const NUMBERS = 4;
/** The variance of `z0 - 2 z1 + z2`, in that of one z. */
const SECOND_DIFFERENCE_VARIANCE = 6;
/** The mean is of all pictures first, then of about so many of the last ones. */
const MEMORY = 30;
/** Fewer tell nothing. */
const LEAST = 3;

/**
 * How much a detector's boxes of one track jump from picture to picture, from second differences: who walks evenly
 * has none, however fast (von Neumann et al. 1941, "The mean square successive difference").
 */
export class Wobble {
  readonly #last: Float64Array;
  readonly #before: Float64Array;
  readonly #meanSquare: Float64Array;
  readonly #count: Int32Array;

  constructor(capacity: number) {
    this.#last = new Float64Array(SIDES * capacity);
    this.#before = new Float64Array(SIDES * capacity);
    this.#meanSquare = new Float64Array(capacity);
    this.#count = new Int32Array(capacity);
  }

  start(slot: number): void {
    this.#count[slot] = 0;
    this.#meanSquare[slot] = 0;
  }

  /** Takes in the box `left, top, right, bottom` at `at` in `boxes`, as it was detected. */
  add(slot: number, boxes: Float32Array, at: number): void {
    const x = (boxes[at]! + boxes[at + 2]!) / 2;
    const square =
      this.#push(slot, 0, x) * 2 + this.#push(slot, 1, boxes[at + 1]!) + this.#push(slot, 2, boxes[at + 3]!);
    this.#count[slot]!++;
    const differences = this.#count[slot]! - 2;
    if (differences < 1) return;
    const share = 1 / Math.min(MEMORY, differences);
    this.#meanSquare[slot]! += share * (square / NUMBERS - this.#meanSquare[slot]!);
  }

  /** Standard deviation of one end of the box in one direction, pixels; infinite while nothing is known. */
  of(slot: number): number {
    if (this.#count[slot]! - 2 < LEAST) return Number.POSITIVE_INFINITY;
    return Math.sqrt(this.#meanSquare[slot]! / SECOND_DIFFERENCE_VARIANCE);
  }

  /** The square of a number's second difference. */
  #push(slot: number, side: number, value: number): number {
    const at = SIDES * slot + side;
    const second = value - 2 * this.#last[at]! + this.#before[at]!;
    this.#before[at] = this.#last[at]!;
    this.#last[at] = value;
    return second * second;
  }
}
