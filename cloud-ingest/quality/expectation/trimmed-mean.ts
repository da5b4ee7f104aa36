/** A few weighted values, kept sorted while they come in; made once and emptied, as it is used for each slot. */
export class TrimmedMean {
  readonly #values: Float64Array;
  readonly #weights: Float64Array;
  #count = 0;
  #total = 0;

  constructor(most: number) {
    this.#values = new Float64Array(most);
    this.#weights = new Float64Array(most);
  }

  get count(): number {
    return this.#count;
  }

  clear(): void {
    this.#count = 0;
    this.#total = 0;
  }

  add(value: number, weight: number): void {
    let at = this.#count++;
    for (; at > 0 && this.#values[at - 1]! > value; at--) {
      this.#values[at] = this.#values[at - 1]!;
      this.#weights[at] = this.#weights[at - 1]!;
    }
    this.#values[at] = value;
    this.#weights[at] = weight;
    this.#total += weight;
  }

  /** Mean of what is left when `trim` of the weight is cut off at either end: continuous where a median of small counts jumps. */
  mean(trim: number): number {
    const [low, high] = [trim * this.#total, (1 - trim) * this.#total];
    let [sum, at] = [0, 0];
    for (let i = 0; i < this.#count; i++) {
      const next = at + this.#weights[i]!;
      sum += this.#values[i]! * Math.max(0, Math.min(next, high) - Math.max(at, low));
      at = next;
    }
    return sum / (high - low);
  }
}
