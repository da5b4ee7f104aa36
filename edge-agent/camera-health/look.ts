import type { FrameShape } from "../camera/port.ts";
import type { ViewGrid } from "./view-grid.ts";

/** 0..255: a point up to this is dark, one from this on is burnt out. */
const BRIGHT = 245;
/** Pixels between the two of the coarse difference; the fine one takes neighbours. */
const COARSE = 6;
/** Every so many-th point tells of the colours. */
const COLOUR_EVERY = 7;

/** What one look at a picture found: numbers of cells and of the whole, no picture. Levels are 0..255 of green. */
export interface Look {
  /** Mean and standard deviation of all points. */
  mean: number;
  spread: number;
  /** Share of the points that are burnt out. */
  bright: number;
  /** Differences of neighbouring pixels by those of pixels further apart: 0.17 = smooth, 1 = noise. */
  sharpness: number;
  /** Mean difference between the colours of a point: 0 = a grey picture. */
  colour: number;
  /** Mean of each cell. */
  readonly means: Float32Array;
  /** The structure tensor's doubled angle, summed over each cell and divided by its points: direction of the edges, not their sign. */
  readonly across: Float32Array;
  readonly aslant: Float32Array;
  /** Mean change of each cell's points since the last look; NaN at the first. */
  readonly changes: Float32Array;
}

/** Bytes from pixel to pixel, and from a pixel to its other two colours. */
interface Bytes {
  readonly pixel: number;
  readonly row: number;
  readonly first: number;
  readonly others: readonly [number, number];
}

/** Looks at frames of one shape and picture; the result is reused by the next look. */
export class Looker {
  readonly look: Look;
  readonly #grid: ViewGrid;
  readonly #bytes: Bytes;
  #points: Float32Array;
  #before: Float32Array;
  #isFirst = true;

  constructor(grid: ViewGrid, shape: FrameShape) {
    this.#grid = grid;
    this.#bytes = bytesOf(shape);
    const cells = () => new Float32Array(grid.columns * grid.rows);
    const whole = { mean: 0, spread: 0, bright: 0, sharpness: 0, colour: 0 };
    this.look = { ...whole, means: cells(), across: cells(), aslant: cells(), changes: cells() };
    this.#points = new Float32Array(grid.pointColumns * grid.pointRows);
    this.#before = new Float32Array(grid.pointColumns * grid.pointRows);
  }

  /** Reads the picture out of a frame's `data`, which it leaves as it is. */
  at(data: Uint8Array): Look {
    [this.#points, this.#before] = [this.#before, this.#points];
    this.#readPoints(data);
    this.#addDifferences(data);
    this.#addColour(data);
    this.#addCells();
    this.#isFirst = false;
    return this.look;
  }

  #readPoints(data: Uint8Array): void {
    const { left, top, step, pointColumns, pointRows } = this.#grid;
    const { pixel, row, first } = this.#bytes;
    const points = this.#points;
    const weight = 1 / (step * step);
    let sum = 0;
    let squares = 0;
    let bright = 0;
    for (let y = 0; y < pointRows; y++) {
      for (let x = 0; x < pointColumns; x++) {
        let level = 0;
        let at = (top + y * step) * row + (left + x * step) * pixel + first;
        for (let j = 0; j < step; j++, at += row)
          for (let i = 0, inRow = at; i < step; i++, inRow += pixel) level += data[inRow]!;
        level *= weight;
        points[y * pointColumns + x] = level;
        sum += level;
        squares += level * level;
        if (level >= BRIGHT) bright++;
      }
    }
    this.look.mean = sum / points.length;
    this.look.spread = Math.sqrt(Math.max(0, squares / points.length - this.look.mean ** 2));
    this.look.bright = bright / points.length;
  }

  /** On every `step`-th row, at the model's own resolution: what it cannot see need not be sharp. */
  #addDifferences(data: Uint8Array): void {
    const { left, top, width, step, pointRows } = this.#grid;
    const { pixel, row, first } = this.#bytes;
    let fine = 0;
    let coarse = 0;
    for (let y = 0; y < pointRows; y++) {
      let at = (top + y * step) * row + left * pixel + first;
      for (let x = 0; x < width - COARSE; x++, at += pixel) {
        fine += Math.abs(data[at + pixel]! - data[at]!);
        coarse += Math.abs(data[at + COARSE * pixel]! - data[at]!);
      }
    }
    this.look.sharpness = coarse > 0 ? fine / coarse : 0;
  }

  #addColour(data: Uint8Array): void {
    const { left, top, step, pointColumns, pointRows } = this.#grid;
    const { pixel, row, first, others } = this.#bytes;
    const [one, other] = others;
    let sum = 0;
    let count = 0;
    for (let point = 0; point < pointColumns * pointRows; point += COLOUR_EVERY, count++) {
      const y = Math.floor(point / pointColumns);
      const at = (top + y * step) * row + (left + (point % pointColumns) * step) * pixel + first;
      sum += Math.abs(data[at]! - data[at + one]!) + Math.abs(data[at]! - data[at + other]!);
    }
    this.look.colour = sum / (2 * count);
  }

  #addCells(): void {
    const { pointColumns, pointRows, columns, columnOf, rowOf, points: sizes } = this.#grid;
    const { means, across, aslant, changes } = this.look;
    const points = this.#points;
    const before = this.#before;
    for (const cells of [means, across, aslant, changes]) cells.fill(0);
    for (let y = 0; y < pointRows; y++) {
      const rowStart = rowOf[y]! * columns;
      const up = y > 0 ? pointColumns : 0;
      const down = y + 1 < pointRows ? pointColumns : 0;
      for (let x = 0; x < pointColumns; x++) {
        const at = y * pointColumns + x;
        const cell = rowStart + columnOf[x]!;
        const dx = points[x + 1 < pointColumns ? at + 1 : at]! - points[x > 0 ? at - 1 : at]!;
        const dy = points[at + down]! - points[at - up]!;
        means[cell]! += points[at]!;
        across[cell]! += dx * dx - dy * dy;
        aslant[cell]! += 2 * dx * dy;
        changes[cell]! += Math.abs(points[at]! - before[at]!);
      }
    }
    for (let cell = 0; cell < means.length; cell++) {
      const share = 1 / sizes[cell]!;
      means[cell]! *= share;
      across[cell]! *= share;
      aslant[cell]! *= share;
      changes[cell] = this.#isFirst ? Number.NaN : changes[cell]! * share;
    }
  }
}

/** `rgb24` is R, G, B by pixel, `gbrp` the planes G, B, R. Green tells of the light, as it is most of what the eye sees. */
function bytesOf({ width, height, pixelFormat }: FrameShape): Bytes {
  const plane = width * height;
  if (pixelFormat === "gbrp") return { pixel: 1, row: width, first: 0, others: [plane, 2 * plane] };
  return { pixel: 3, row: 3 * width, first: 1, others: [-1, 1] };
}
