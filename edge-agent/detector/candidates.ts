/** The best boxes of one picture, at most `capacity`, best score first; reused from picture to picture. */
export class Candidates {
  /** `[left, top, right, bottom]` of the box in place p at 4p..4p+3. */
  readonly boxes: Float32Array;
  /** Score of the box in place p. */
  readonly scores: Float32Array;
  /** Places, best score first; the first `count` are valid. */
  readonly order: Uint16Array;
  count = 0;
  readonly #capacity: number;

  constructor(capacity: number) {
    this.#capacity = capacity;
    this.boxes = new Float32Array(4 * capacity);
    this.scores = new Float32Array(capacity);
    this.order = new Uint16Array(capacity);
  }

  clear(): void {
    this.count = 0;
  }

  /** True when a box of this score would be kept: lets a decoder skip the arithmetic. NaN is never kept. */
  wants(score: number): boolean {
    if (this.count < this.#capacity) return score > 0;
    return score > this.scores[this.order[this.count - 1]!]!;
  }

  /** Keeps a box, in the place of the worst when full; call only when `wants(score)`. */
  add(score: number, left: number, top: number, right: number, bottom: number): void {
    const place = this.count < this.#capacity ? this.count++ : this.order[this.count - 1]!;
    this.scores[place] = score;
    this.boxes[4 * place] = left;
    this.boxes[4 * place + 1] = top;
    this.boxes[4 * place + 2] = right;
    this.boxes[4 * place + 3] = bottom;
    this.#sortIn(place, score);
  }

  /** Moves worse boxes one down; boxes of the same score stay in the order in which they came. */
  #sortIn(place: number, score: number): void {
    let at = this.count - 1;
    while (at > 0 && this.scores[this.order[at - 1]!]! < score) {
      this.order[at] = this.order[at - 1]!;
      at--;
    }
    this.order[at] = place;
  }
}
