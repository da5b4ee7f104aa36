/** What one look says of one fault; undefined = it says nothing. */
export type Evidence = "bad" | "good" | undefined;

export interface HysteresisTimes {
  /** Seconds of bad looks after which the fault holds. */
  readonly fireS: number;
  /** Seconds of good looks after which it no longer does. */
  readonly clearS: number;
}

/** A good look takes this many times as much of the doubt as a bad one brings: now and then one look errs. */
const GOOD_WEIGHT = 3;
/** Seconds. */
const LONGEST_S = 2;

/** One fault of one camera: holds after so many bad seconds, and until so many good ones. Silence ends none. */
export class Hysteresis {
  readonly #times: HysteresisTimes;
  #badS = 0;
  #goodS = 0;
  #holds = false;

  constructor(times: HysteresisTimes) {
    this.#times = times;
  }

  get holds(): boolean {
    return this.#holds;
  }

  /** True while bad looks have come but not enough of them. */
  get isDoubtful(): boolean {
    return !this.#holds && this.#badS > 0;
  }

  /**
   * Adds a look that came `elapsedS` after the last one; gives true when the fault begins or ends with it. No look stands for
   * more than `longestS`: what was not seen is no evidence.
   */
  add(evidence: Evidence, elapsedS: number, longestS = LONGEST_S): boolean {
    const s = Math.min(elapsedS, longestS);
    if (evidence === undefined) return this.#fade(s);
    if (evidence === "bad") this.#addBad(s);
    else this.#addGood(s);
    if (!this.#holds && this.#badS >= this.#times.fireS) return this.#turn(true);
    if (this.#holds && this.#goodS >= this.#times.clearS) return this.#turn(false);
    return false;
  }

  /** A doubt that nothing confirms goes; a fault stays until something speaks against it. */
  #fade(s: number): false {
    if (!this.#holds) this.#badS = Math.max(0, this.#badS - s);
    return false;
  }

  #addBad(s: number): void {
    this.#badS += s;
    this.#goodS = 0;
  }

  #addGood(s: number): void {
    this.#goodS += s;
    if (!this.#holds) this.#badS = Math.max(0, this.#badS - GOOD_WEIGHT * s);
  }

  #turn(holds: boolean): true {
    this.#holds = holds;
    this.#badS = 0;
    this.#goodS = 0;
    return true;
  }
}
