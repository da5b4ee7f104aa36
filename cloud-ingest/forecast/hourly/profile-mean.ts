const HOURS = 24;

/** A mean of shares by hour in which older dates count less. */
export class ProfileMean {
  readonly #halfLife: number;
  readonly #mean = new Float64Array(HOURS);
  #weight = 0;
  #last = 0;
  count = 0;

  constructor(halfLife: number) {
    this.#halfLife = halfLife;
  }

  /** Dates must come in their order. */
  add(shares: Float64Array, day: number): void {
    const before = this.#weightOn(day);
    this.#weight = before + 1;
    for (let hour = 0; hour < HOURS; hour++) this.#mean[hour]! += (shares[hour]! - this.#mean[hour]!) / this.#weight;
    this.#last = day;
    this.count++;
  }

  /** Sum of the absolute differences by hour. */
  distance(shares: Float64Array): number {
    let sum = 0;
    for (let hour = 0; hour < HOURS; hour++) sum += Math.abs(shares[hour]! - this.#mean[hour]!);
    return sum;
  }

  /** The mean with another one mixed in as if it had come with a weight; on a day given, older by then. */
  with(other: Float64Array, weight: number, day = this.#last): Float64Array {
    const own = this.#weightOn(day);
    return this.#mean.map((mean, hour) => (own * mean + weight * other[hour]!) / (own + weight));
  }

  #weightOn(day: number): number {
    return this.#weight * 0.5 ** ((day - this.#last) / this.#halfLife);
  }
}
