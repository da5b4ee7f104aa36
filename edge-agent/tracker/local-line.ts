/**
 * Fit of a straight line to values around a moment, the nearer the heavier (local linear regression, Cleveland 1979): where the
 * value is at that moment.
 */
export class LocalLine {
  #weight = 0;
  #t = 0;
  #tt = 0;
  #y = 0;
  #ty = 0;

  reset(): void {
    this.#weight = 0;
    this.#t = 0;
    this.#tt = 0;
    this.#y = 0;
    this.#ty = 0;
  }

  /** Adds a value seen `t` seconds after the moment. */
  add(t: number, value: number, weight: number): void {
    this.#weight += weight;
    this.#t += weight * t;
    this.#tt += weight * t * t;
    this.#y += weight * value;
    this.#ty += weight * t * value;
  }

  /** The line at the moment. */
  value(): number {
    const meanT = this.#t / this.#weight;
    const meanY = this.#y / this.#weight;
    const spread = this.#tt / this.#weight - meanT * meanT;
    if (spread < 1e-6) return meanY;
    return meanY - (meanT * (this.#ty / this.#weight - meanT * meanY)) / spread;
  }
}
