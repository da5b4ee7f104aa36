import { HEIGHT, STATE, X, Y } from "./motion-filter.ts";
import { Wobble } from "./wobble.ts";

/** A person moves by at least this share of the own height while being watched; a poster or a mannequin does not. */
const MOVED_RATIO = 0.2;
/** While it is new, a shorter way is enough where boxes hardly jump: so many of their standard deviations, this share at least. */
const WAY_WOBBLES = 8;
const LEAST_RATIO = 0.12;
const NEW_S = 10;
/** Places are averaged over this time, so that a detector's wobble is no move. */
const MEAN_S = 0.5;
/** At few pictures a second over so many at least: the share of one in the mean is never more. */
const LARGEST_SHARE = 1 / 3;
/** The first means are of few boxes, be it outliers: until a track was seen this often, the way has to be so much longer. */
const WARM_SIGHTINGS = 4;
const WARM_FACTOR = 2;
/** Both ends of a body: a box that is cut at the waist now and then moves one of them only. */
const ENDS = 2;

/** Tells things from people: what has not moved since it appeared is a thing, what has moved once stays a person. */
export class Stillness {
  /** Mean place of head and foot now, and the area that it has covered. */
  readonly #x: Float64Array;
  readonly #y: Float64Array;
  readonly #left: Float64Array;
  readonly #right: Float64Array;
  readonly #top: Float64Array;
  readonly #bottom: Float64Array;
  readonly #bornS: Float64Array;
  readonly #atS: Float64Array;
  readonly #sightings: Int32Array;
  readonly #moved: Uint8Array;
  readonly #wobble: Wobble;

  constructor(capacity: number) {
    this.#x = new Float64Array(ENDS * capacity);
    this.#y = new Float64Array(ENDS * capacity);
    this.#left = new Float64Array(ENDS * capacity);
    this.#right = new Float64Array(ENDS * capacity);
    this.#top = new Float64Array(ENDS * capacity);
    this.#bottom = new Float64Array(ENDS * capacity);
    this.#bornS = new Float64Array(capacity);
    this.#atS = new Float64Array(capacity);
    this.#sightings = new Int32Array(capacity);
    this.#moved = new Uint8Array(capacity);
    this.#wobble = new Wobble(capacity);
  }

  start(slot: number, states: Float64Array, tS: number): void {
    this.#wobble.start(slot);
    this.#moved[slot] = 0;
    this.#bornS[slot] = tS;
    this.#atS[slot] = tS;
    this.#sightings[slot] = 1;
    for (let end = 0; end < ENDS; end++) {
      const at = ENDS * slot + end;
      this.#x[at] = states[slot * STATE + X]!;
      this.#y[at] = endOf(states, slot, end);
      this.#beginArea(at);
    }
  }

  /** Notes a box as it was detected. */
  note(slot: number, boxes: Float32Array, at: number): void {
    if (this.#moved[slot] === 0) this.#wobble.add(slot, boxes, at);
  }

  /** Widens the areas that the ends of the track's body have covered. */
  watch(slot: number, states: Float64Array, tS: number): void {
    if (this.#moved[slot] === 1) return;
    const share = Math.min(LARGEST_SHARE, 1 - Math.exp((this.#atS[slot]! - tS) / MEAN_S));
    const wasWarm = this.#isWarm(slot);
    this.#atS[slot] = tS;
    this.#sightings[slot]!++;
    const isWarm = this.#isWarm(slot);
    let least = Number.POSITIVE_INFINITY;
    for (let end = 0; end < ENDS; end++) {
      const at = ENDS * slot + end;
      this.#x[at]! += share * (states[slot * STATE + X]! - this.#x[at]!);
      this.#y[at]! += share * (endOf(states, slot, end) - this.#y[at]!);
      least = Math.min(least, this.#widen(at));
      if (isWarm && !wasWarm) this.#beginArea(at);
    }
    const limit = (wasWarm ? 1 : WARM_FACTOR) * this.#wayOf(slot, states[slot * STATE + HEIGHT]!, tS);
    if (least > limit * limit) this.#moved[slot] = 1;
  }

  /** The way that is a walk, pixels: in the long run anything gets somewhere, so the shorter one counts only for what is new. */
  #wayOf(slot: number, height: number, tS: number): number {
    const most = MOVED_RATIO * height;
    if (tS - this.#bornS[slot]! > NEW_S) return most;
    return Math.max(LEAST_RATIO * height, Math.min(most, WAY_WOBBLES * this.#wobble.of(slot)));
  }

  hasMoved(slot: number): boolean {
    return this.#moved[slot] === 1;
  }

  /** True when the mean no longer hangs on the first boxes. */
  #isWarm(slot: number): boolean {
    return this.#sightings[slot]! >= WARM_SIGHTINGS && this.#atS[slot]! - this.#bornS[slot]! >= MEAN_S;
  }

  #beginArea(at: number): void {
    this.#left[at] = this.#x[at]!;
    this.#right[at] = this.#x[at]!;
    this.#top[at] = this.#y[at]!;
    this.#bottom[at] = this.#y[at]!;
  }

  /** The square of the way across the area. */
  #widen(at: number): number {
    this.#left[at] = Math.min(this.#left[at]!, this.#x[at]!);
    this.#right[at] = Math.max(this.#right[at]!, this.#x[at]!);
    this.#top[at] = Math.min(this.#top[at]!, this.#y[at]!);
    this.#bottom[at] = Math.max(this.#bottom[at]!, this.#y[at]!);
    return (this.#right[at]! - this.#left[at]!) ** 2 + (this.#bottom[at]! - this.#top[at]!) ** 2;
  }
}

/** Top (0) or bottom (1) of a track's box. */
function endOf(states: Float64Array, slot: number, end: number): number {
  return states[slot * STATE + Y]! + (end - 0.5) * states[slot * STATE + HEIGHT]!;
}
