import { HEIGHT, STATE, X, Y } from "./motion-filter.ts";

/** A person moves by at least this share of the own height while being watched; a poster or a mannequin does not. */
const MOVED_RATIO = 0.2;

/** Tells things from people: what has not moved since it appeared is a thing, what has moved once stays a person. */
export class Stillness {
  readonly #left: Float64Array;
  readonly #right: Float64Array;
  readonly #top: Float64Array;
  readonly #bottom: Float64Array;
  readonly #moved: Uint8Array;

  constructor(capacity: number) {
    this.#left = new Float64Array(capacity);
    this.#right = new Float64Array(capacity);
    this.#top = new Float64Array(capacity);
    this.#bottom = new Float64Array(capacity);
    this.#moved = new Uint8Array(capacity);
  }

  start(slot: number, states: Float64Array): void {
    const s = slot * STATE;
    this.#left[slot] = states[s + X]!;
    this.#right[slot] = states[s + X]!;
    this.#top[slot] = states[s + Y]!;
    this.#bottom[slot] = states[s + Y]!;
    this.#moved[slot] = 0;
  }

  /** Widens the area that the track's centre has covered. */
  watch(slot: number, states: Float64Array): void {
    if (this.#moved[slot] === 1) return;
    const s = slot * STATE;
    this.#left[slot] = Math.min(this.#left[slot]!, states[s + X]!);
    this.#right[slot] = Math.max(this.#right[slot]!, states[s + X]!);
    this.#top[slot] = Math.min(this.#top[slot]!, states[s + Y]!);
    this.#bottom[slot] = Math.max(this.#bottom[slot]!, states[s + Y]!);
    const width = this.#right[slot]! - this.#left[slot]!;
    const height = this.#bottom[slot]! - this.#top[slot]!;
    const limit = MOVED_RATIO * states[s + HEIGHT]!;
    if (width * width + height * height > limit * limit) this.#moved[slot] = 1;
  }

  hasMoved(slot: number): boolean {
    return this.#moved[slot] === 1;
  }
}
