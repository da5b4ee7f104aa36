import type { Point } from "../../firmware-config/config/geometry.ts";
import { HEIGHT, STATE, X, Y } from "./motion-filter.ts";
import { polygonContains } from "./polygon.ts";

/** What the tracker has to know of the camera's view. */
export interface View {
  readonly width: number;
  readonly height: number;
  /** Areas in which people come into view, corners 0..1; none = everywhere. */
  readonly entries?: readonly { readonly polygon: readonly Point[] }[] | undefined;
  /** Where in the box a person stands; default: at the bottom. */
  readonly foot?: "bottom" | "centre";
}

/** Who is there so soon after the first picture, or after so long a pause, came in before. */
const OPENING_S = 10;
/** Somebody lost outside of all entries may be found again so much later, so many body heights away; once. */
const FOUND_WITHIN_S = 30;
const FOUND_WITHIN_HEIGHTS = 2;
/** Lost people remembered at most; the oldest goes. */
const MAX_LOST = 64;

interface Lost {
  readonly x: number;
  readonly y: number;
  readonly height: number;
  readonly seenS: number;
}

/**
 * Tells who came in from who only appeared. Admitted is a track that has been in an entry at any time, that was there at the
 * start, or that begins where an admitted person was lost; once admitted it stays so.
 */
export class Entrances {
  readonly #areas: readonly Float64Array[];
  readonly #footRatio: number;
  readonly #bottom: number;
  readonly #admitted: Uint8Array;
  readonly #bornX: Float64Array;
  readonly #bornY: Float64Array;
  readonly #bornS: Float64Array;
  readonly #lost: Lost[] = [];
  #openedS = Number.NEGATIVE_INFINITY;
  #lastS = Number.NEGATIVE_INFINITY;

  constructor({ width, height, entries = [], foot = "bottom" }: View, capacity: number) {
    this.#areas = entries.map(({ polygon }) => Float64Array.from(polygon.flatMap(([x, y]) => [x * width, y * height])));
    this.#footRatio = foot === "bottom" ? 0.5 : 0;
    this.#bottom = height;
    this.#admitted = new Uint8Array(capacity);
    this.#bornX = new Float64Array(capacity);
    this.#bornY = new Float64Array(capacity);
    this.#bornS = new Float64Array(capacity);
  }

  /** Goes on to the picture of `tS`. */
  advance(tS: number): void {
    if (tS - this.#lastS > OPENING_S) this.#openedS = tS;
    this.#lastS = tS;
  }

  /** Begins a track where its box is. */
  start(slot: number, states: Float64Array): void {
    this.#bornX[slot] = states[slot * STATE + X]!;
    this.#bornY[slot] = this.#footOf(slot, states);
    this.#bornS[slot] = this.#lastS;
    const isOpening = this.#lastS - this.#openedS < OPENING_S;
    this.#admitted[slot] = isOpening || this.#areas.length === 0 || this.#isInEntry(slot, states) ? 1 : 0;
  }

  /** Takes in where a track is now. */
  see(slot: number, states: Float64Array): void {
    if (this.#admitted[slot] === 0 && (this.#isInEntry(slot, states) || this.#isFound(slot))) this.#admitted[slot] = 1;
  }

  isAdmitted(slot: number): boolean {
    return this.#admitted[slot] === 1;
  }

  /** Remembers a person whose track ends outside of all entries. */
  lose(slot: number, states: Float64Array, seenS: number): void {
    if (this.#areas.length === 0 || this.#isInEntry(slot, states)) return;
    if (this.#lost.length === MAX_LOST) this.#lost.shift();
    const x = states[slot * STATE + X]!;
    this.#lost.push({ x, y: this.#footOf(slot, states), height: states[slot * STATE + HEIGHT]!, seenS });
  }

  /** True for a track that began where and after somebody was lost, who is found by that. */
  #isFound(slot: number): boolean {
    const k = this.#lost.findIndex(({ x, y, height, seenS }) => {
      const laterS = this.#bornS[slot]! - seenS;
      const far = Math.hypot(x - this.#bornX[slot]!, y - this.#bornY[slot]!);
      return laterS > 0 && laterS <= FOUND_WITHIN_S && far <= FOUND_WITHIN_HEIGHTS * height;
    });
    if (k >= 0) this.#lost.splice(k, 1);
    return k >= 0;
  }

  #isInEntry(slot: number, states: Float64Array): boolean {
    const y = this.#footOf(slot, states);
    for (const area of this.#areas) if (polygonContains(area, states[slot * STATE + X]!, y)) return true;
    return false;
  }

  /** The foot within the picture, as the counters take it. */
  #footOf(slot: number, states: Float64Array): number {
    const y = states[slot * STATE + Y]! + this.#footRatio * states[slot * STATE + HEIGHT]!;
    return Math.max(0, Math.min(this.#bottom - 1e-3, y));
  }
}
