const HOURS = 24;

/** A mean by hour in which older dates count less. */
export class HourMean {
  readonly #halfLife: number;
  #weight = 0;
  #last = 0;
  readonly mean = new Float64Array(HOURS);
  count = 0;

  constructor(halfLife: number) {
    this.#halfLife = halfLife;
  }

  /** Dates must come in their order. */
  add(values: Float64Array, day: number): void {
    this.#weight = this.weightOn(day) + 1;
    for (let hour = 0; hour < HOURS; hour++) this.mean[hour]! += (values[hour]! - this.mean[hour]!) / this.#weight;
    this.#last = day;
    this.count++;
  }

  /** How many dates speak, on a day that is not before the last one. */
  weightOn(day: number): number {
    return this.#weight * 0.5 ** ((day - this.#last) / this.#halfLife);
  }
}
