import { type Colours, createColours } from "./colours.ts";
import type { Planes } from "./planes.ts";

/** What a pixel shows: the floor, the floor in another light (shadow, reflection), or something before it. */
export const FLOOR = 0;
export const LIT = 1;
export const SOMETHING = 2;

/** Difference of a channel that is nothing yet: at least so many grey levels, more on bright and on noisy pixels. */
const LEAST = 8;
const PER_BRIGHTNESS = 0.05;
const PER_NOISE = 3;
/** A shadow leaves at least so much of the light, a reflection adds at most so much (Horprasert et al. 1999). */
const DARKEST_SHADOW = 0.5;
const BRIGHTEST = 1.15;
/** A floor darker than this may lose all of its light. */
const DIM = 120;
/** How far a shadow's colour may be from the floor's own, of its brightness. */
const SHADOW_COLOUR = 0.07;

/** Seconds that make an appearance known for good, and the most that are kept in mind. */
const KNOWN_S = 5;
const MOST_S = 120;
/** A known appearance that is not seen is forgotten in an hour. */
const FORGET = 1 / 30;
/** Time in which the floor's colour follows, seconds. */
const FOLLOW_S = 20;

/**
 * The learned background: for each pixel the colour that it has now when nobody is there, another that it also has at times
 * (the floor behind an open door), and a candidate that replaces the first when it was seen long enough. Seconds of sight
 * are the weights, as counts are in a codebook (Kim et al. 2005).
 */
export class Background {
  readonly main: Colours;
  readonly #other: Colours;
  readonly #candidate: Colours;
  readonly #mainS: Float32Array;
  readonly #otherS: Float32Array;
  readonly #candidateS: Float32Array;
  readonly #noise: Float32Array;
  /** Which colour the pixel had in the last picture: 0 main, 1 other, 2 neither. */
  readonly #match: Uint8Array;
  /** FLOOR, LIT or SOMETHING. */
  readonly kinds: Uint8Array;
  #isEmpty = true;

  constructor(pixels: number) {
    this.main = createColours(pixels);
    this.#other = createColours(pixels);
    this.#candidate = createColours(pixels);
    this.#mainS = new Float32Array(pixels);
    this.#otherS = new Float32Array(pixels);
    this.#candidateS = new Float32Array(pixels);
    this.#noise = new Float32Array(pixels).fill(2);
    this.#match = new Uint8Array(pixels);
    this.kinds = new Uint8Array(pixels);
  }

  get isEmpty(): boolean {
    return this.#isEmpty;
  }

  /** Takes a picture for the background as it is. */
  start(picture: Planes): void {
    this.main.g.set(picture.g);
    this.main.b.set(picture.b);
    this.main.r.set(picture.r);
    this.#mainS.fill(0);
    this.#otherS.fill(0);
    this.#candidateS.fill(0);
    this.#match.fill(0);
    this.kinds.fill(FLOOR);
    this.#isEmpty = false;
  }

  /** Fills `kinds`; gives the share of the picture that is not floor. */
  classify({ g, b, r }: Planes, gains: Float32Array): number {
    const { main, kinds } = this;
    const other = this.#other;
    const [gainG, gainB, gainR] = [gains[0]!, gains[1]!, gains[2]!];
    let unlike = 0;
    for (let i = 0; i < kinds.length; i++) {
      const [eg, eb, er] = [gainG * main.g[i]!, gainB * main.b[i]!, gainR * main.r[i]!];
      const allowed = LEAST + PER_NOISE * this.#noise[i]! + PER_BRIGHTNESS * Math.max(eg, eb, er);
      this.#match[i] = 0;
      kinds[i] = kindOf(g[i]!, b[i]!, r[i]!, eg, eb, er, allowed);
      if (kinds[i] === FLOOR) continue;
      this.#match[i] = 2;
      unlike++;
      if (this.#otherS[i]! < KNOWN_S) continue;
      const kind = kindOf(g[i]!, b[i]!, r[i]!, gainG * other.g[i]!, gainB * other.b[i]!, gainR * other.r[i]!, allowed);
      if (kind < kinds[i]!) kinds[i] = kind;
      if (kind === FLOOR) this.#match[i] = 1;
    }
    return unlike / kinds.length;
  }

  /** Learns from the picture that was classified last, but for pixels that are `held`. `learnS` makes a candidate the floor. */
  learn({ g, b, r }: Planes, gains: Float32Array, held: Uint8Array, times: { dtS: number; learnS: number }): void {
    const { dtS, learnS } = times;
    if (dtS === 0) return;
    for (let i = 0; i < this.kinds.length; i++) {
      if (held[i] !== 0) continue;
      const [pg, pb, pr] = [g[i]! / gains[0]!, b[i]! / gains[1]!, r[i]! / gains[2]!];
      if (this.#match[i] === 0) this.#followMain(i, pg, pb, pr, dtS);
      else if (this.#match[i] === 1) this.#otherS[i] = Math.min(MOST_S, this.#otherS[i]! + dtS);
      else this.#weigh(i, pg, pb, pr, dtS, learnS);
    }
  }

  #followMain(i: number, pg: number, pb: number, pr: number, dtS: number): void {
    const { main } = this;
    const seconds = Math.min(MOST_S, this.#mainS[i]! + dtS);
    const rate = dtS / Math.min(FOLLOW_S, seconds);
    const off = (Math.abs(pg - main.g[i]!) + Math.abs(pb - main.b[i]!) + Math.abs(pr - main.r[i]!)) / 3;
    main.g[i]! += rate * (pg - main.g[i]!);
    main.b[i]! += rate * (pb - main.b[i]!);
    main.r[i]! += rate * (pr - main.r[i]!);
    this.#noise[i]! += Math.min(0.1, rate) * (off - this.#noise[i]!);
    this.#mainS[i] = seconds;
    this.#otherS[i] = Math.max(0, this.#otherS[i]! - FORGET * dtS);
    this.#candidateS[i] = Math.max(0, this.#candidateS[i]! - dtS / 2);
  }

  /** A colour that is neither: the candidate again, or against it. */
  #weigh(i: number, pg: number, pb: number, pr: number, dtS: number, learnS: number): void {
    const c = this.#candidate;
    const seconds = this.#candidateS[i]!;
    const allowed = LEAST + PER_NOISE * this.#noise[i]! + PER_BRIGHTNESS * Math.max(pg, pb, pr);
    const isSame = Math.max(Math.abs(pg - c.g[i]!), Math.abs(pb - c.b[i]!), Math.abs(pr - c.r[i]!)) <= allowed;
    if (seconds > 0 && !isSame) {
      this.#candidateS[i] = Math.max(0, seconds - dtS);
      return;
    }
    const rate = dtS / (seconds + dtS);
    c.g[i]! += rate * (pg - c.g[i]!);
    c.b[i]! += rate * (pb - c.b[i]!);
    c.r[i]! += rate * (pr - c.r[i]!);
    this.#candidateS[i] = seconds + dtS;
    if (seconds + dtS >= learnS) this.#promote(i);
  }

  #promote(i: number): void {
    if (this.#mainS[i]! >= KNOWN_S) {
      copyColour(this.main, this.#other, i);
      this.#otherS[i] = this.#mainS[i]!;
    }
    copyColour(this.#candidate, this.main, i);
    this.#mainS[i] = this.#candidateS[i]!;
    this.#candidateS[i] = 0;
  }
}

function copyColour(from: Colours, to: Colours, i: number): void {
  to.g[i] = from.g[i]!;
  to.b[i] = from.b[i]!;
  to.r[i] = from.r[i]!;
}

/** Compares a pixel with what is expected there. */
function kindOf(g: number, b: number, r: number, eg: number, eb: number, er: number, allowed: number): number {
  const off = Math.max(Math.abs(g - eg), Math.abs(b - eb), Math.abs(r - er));
  if (off <= allowed) return FLOOR;
  const power = eg * eg + eb * eb + er * er;
  const share = (g * eg + b * eb + r * er) / (power + 1);
  if (share > BRIGHTEST || share < DARKEST_SHADOW * Math.min(1, Math.max(eg, eb, er) / DIM)) return SOMETHING;
  const colourOff = Math.max(Math.abs(g - share * eg), Math.abs(b - share * eb), Math.abs(r - share * er));
  return colourOff <= LEAST / 2 + SHADOW_COLOUR * share * Math.max(eg, eb, er) ? LIT : SOMETHING;
}
