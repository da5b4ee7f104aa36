import { LocalLine } from "./local-line.ts";
import { PATH_CONSTANTS, type PathConstants } from "./path-constants.ts";
import type { TrackRows } from "./tracks.ts";

/** Moments further away than this many widths weigh nothing. */
const REACH_WIDTHS = 3;
/** A detector that wobbles by so much, in box heights, is believed by half; one that does not, like a file of true boxes, wholly. */
const HALF_WOBBLE = 0.012;
/** The variance of a moment against the middle of its neighbours, in that of one moment. */
const MIDDLE_VARIANCE = 1.5;
const EPSILON_S = 1e-6;
const FORGET_AT_ONCE = 256;

/** Numbers of a moment: centre x and y, width and height. */
const SIDES = 4;
const HEIGHT = 3;

/** A box of one person in one frame; `left, top, right, bottom`. */
export interface PathBox {
  readonly box: Float64Array;
  score: number;
}

/** Where one person was seen, moment after moment; tells where the person was at any moment between the first and the last. */
export class Path {
  #atS: number[] = [];
  #scores: number[] = [];
  #values: number[] = [];
  /** Of each moment, how long a gap before it can be filled. */
  #fillS: number[] = [];
  /** The first moment that is not long past. */
  #next = 0;
  readonly #fit = new LocalLine();
  readonly #constants: PathConstants;

  constructor(constants: PathConstants = PATH_CONSTANTS) {
    this.#constants = constants;
  }

  get lastS(): number {
    return this.#atS.at(-1) ?? Number.NEGATIVE_INFINITY;
  }

  /** Adds moment `i` of `rows`, later than all before; a gap before it of up to `fillS` can be filled. */
  add(atS: number, { seen: boxes, scores }: TrackRows, i: number, fillS: number): void {
    const at = 4 * i;
    const [left, top, right, bottom] = [boxes[at]!, boxes[at + 1]!, boxes[at + 2]!, boxes[at + 3]!];
    this.#atS.push(atS);
    this.#scores.push(scores[i]!);
    this.#fillS.push(fillS);
    this.#values.push((left + right) / 2, (top + bottom) / 2, right - left, bottom - top);
  }

  /** Writes where the person was at `tS` to `out`; false = not there, or in a gap. Asked in order of time. */
  read(tS: number, out: PathBox): boolean {
    while (this.#next < this.#atS.length && this.#atS[this.#next]! < tS - EPSILON_S) this.#next++;
    const k = this.#next;
    if (k === this.#atS.length) return false;
    if (this.#atS[k]! <= tS + EPSILON_S) this.#smooth(k, out);
    else if (k === 0 || this.#atS[k]! - this.#atS[k - 1]! > this.#fillS[k]!) return false;
    else this.#fill(k, tS, out);
    return true;
  }

  /** Forgets moments that have no say any more in those from `tS` on. */
  forget(tS: number): void {
    let gone = 0;
    const reachS = REACH_WIDTHS * Math.max(this.#constants.placeWidthS, this.#constants.sizeWidthS);
    while (gone < this.#next - 1 && this.#atS[gone]! < tS - reachS) gone++;
    if (gone < FORGET_AT_ONCE) return;
    this.#atS = this.#atS.slice(gone);
    this.#scores = this.#scores.slice(gone);
    this.#fillS = this.#fillS.slice(gone);
    this.#values = this.#values.slice(SIDES * gone);
    this.#next -= gone;
  }

  #smooth(k: number, out: PathBox): void {
    const { placeWidthS, sizeWidthS } = this.#constants;
    const [x, y] = [this.#drawn(k, 0, placeWidthS), this.#drawn(k, 1, placeWidthS)];
    write(out.box, [x, y, this.#drawn(k, 2, sizeWidthS), this.#drawn(k, 3, sizeWidthS)]);
    out.score = this.#scores[k]!;
  }

  /** A number of moment k, drawn to the line through those around it, the more the more they wobble. */
  #drawn(k: number, side: number, widthS: number): number {
    const fit = this.#fit;
    fit.reset();
    let wobble = 0;
    let weights = 0;
    for (let i = this.#firstWithin(k, REACH_WIDTHS * widthS); i < this.#atS.length; i++) {
      const afterS = this.#atS[i]! - this.#atS[k]!;
      if (afterS > REACH_WIDTHS * widthS) break;
      const weight = Math.exp(-0.5 * (afterS / widthS) ** 2);
      fit.add(afterS, this.#values[SIDES * i + side]!, weight);
      if (i === 0 || i === this.#atS.length - 1) continue;
      wobble += weight * this.#offMiddle(i, side) ** 2;
      weights += weight;
    }
    const own = this.#values[SIDES * k + side]!;
    if (weights === 0) return own;
    const variance = wobble / weights / MIDDLE_VARIANCE;
    const half = HALF_WOBBLE * this.#values[SIDES * k + HEIGHT]!;
    return own + (variance / (variance + half * half)) * (fit.value() - own);
  }

  #firstWithin(k: number, reachS: number): number {
    let first = k;
    while (first > 0 && this.#atS[k]! - this.#atS[first - 1]! <= reachS) first--;
    return first;
  }

  /** How far a moment lies from the straight way between its neighbours: what a body cannot do in so short a time. */
  #offMiddle(i: number, side: number): number {
    const before = this.#values[SIDES * (i - 1) + side]!;
    const share = (this.#atS[i]! - this.#atS[i - 1]!) / (this.#atS[i + 1]! - this.#atS[i - 1]!);
    return this.#values[SIDES * i + side]! - before - share * (this.#values[SIDES * (i + 1) + side]! - before);
  }

  /** Straight from the moment before `tS` to moment k after it. */
  #fill(k: number, tS: number, out: PathBox): void {
    const share = (tS - this.#atS[k - 1]!) / (this.#atS[k]! - this.#atS[k - 1]!);
    const between = (side: number) => {
      const before = this.#values[SIDES * (k - 1) + side]!;
      return before + share * (this.#values[SIDES * k + side]! - before);
    };
    write(out.box, [between(0), between(1), between(2), between(3)]);
    out.score = Math.min(this.#scores[k - 1]!, this.#scores[k]!);
  }
}

function write(box: Float64Array, [x, y, width, height]: readonly [number, number, number, number]): void {
  box[0] = x - width / 2;
  box[1] = y - height / 2;
  box[2] = x + width / 2;
  box[3] = y + height / 2;
}
