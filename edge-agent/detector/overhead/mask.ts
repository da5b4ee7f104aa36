import { LIT, SOMETHING } from "./background.ts";

/** What a pixel and its neighbours must weigh together: four of nine that show something, or fewer among lit ones. */
const SOLID = 12;
const WEIGHT = new Uint8Array(3);
WEIGHT[LIT] = 1;
WEIGHT[SOMETHING] = 3;
/** Gaps of up to twice this many pixels within a body are closed. */
const CLOSE = 2;

/** Which pixels people cover: kinds without specks, gaps closed. */
export class Mask {
  /** 1 = covered. */
  readonly solid: Uint8Array;
  readonly #rows: Uint8Array;
  readonly #width: number;
  readonly #height: number;

  constructor(width: number, height: number) {
    this.solid = new Uint8Array(width * height);
    this.#rows = new Uint8Array(width * height);
    this.#width = width;
    this.#height = height;
  }

  fill(kinds: Uint8Array): void {
    this.#smooth(kinds);
    this.#spread(this.solid, this.#rows, 1);
    this.#spread(this.solid, this.#rows, 0);
  }

  #smooth(kinds: Uint8Array): void {
    const [width, height] = [this.#width, this.#height];
    const rows = this.#rows;
    for (let y = 0; y < height; y++) {
      const start = y * width;
      for (let x = 0; x < width; x++) {
        const left = WEIGHT[kinds[start + Math.max(0, x - 1)]!]!;
        const right = WEIGHT[kinds[start + Math.min(width - 1, x + 1)]!]!;
        rows[start + x] = left + WEIGHT[kinds[start + x]!]! + right;
      }
    }
    for (let y = 0; y < height; y++) {
      const above = Math.max(0, y - 1) * width;
      const here = y * width;
      const below = Math.min(height - 1, y + 1) * width;
      for (let x = 0; x < width; x++) {
        this.solid[here + x] = rows[above + x]! + rows[here + x]! + rows[below + x]! >= SOLID ? 1 : 0;
      }
    }
  }

  /** Grows what has `value` by CLOSE pixels to every side, along rows, then along columns. */
  #spread(mask: Uint8Array, rows: Uint8Array, value: 0 | 1): void {
    const [width, height] = [this.#width, this.#height];
    for (let y = 0; y < height; y++) {
      let last = -1000;
      for (let x = -CLOSE; x < width; x++) {
        if (x + CLOSE < width && mask[y * width + x + CLOSE] === value) last = x + CLOSE;
        if (x >= 0) rows[y * width + x] = last >= x - CLOSE ? value : 1 - value;
      }
    }
    for (let x = 0; x < width; x++) {
      let last = -1000;
      for (let y = -CLOSE; y < height; y++) {
        if (y + CLOSE < height && rows[(y + CLOSE) * width + x] === value) last = y + CLOSE;
        if (y >= 0) mask[y * width + x] = last >= y - CLOSE ? value : 1 - value;
      }
    }
  }
}
