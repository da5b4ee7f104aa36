import type { Candidates } from "../../candidates.ts";
import type { BoxReading } from "../../model.ts";

const STRIDES = [8, 16, 32] as const;
/** Places in a row: centre x, centre y, log width, log height, objectness, then one score a class; person is class 0. */
export const OBJECTNESS = 4;
export const PERSON = 5;
/** The cell of each row of the output: all of stride 8 row by row, then of 16, then of 32. */
export interface YoloxGrid {
  readonly columns: Uint16Array;
  readonly rows: Uint16Array;
  readonly strides: Uint16Array;
}

/** The grid of a frame of `width` x `height` pixels. */
export function createYoloxGrid(width: number, height: number): YoloxGrid {
  const cells = STRIDES.flatMap((stride) => cellsOf(stride, Math.floor(width / stride), Math.floor(height / stride)));
  return {
    columns: Uint16Array.from(cells, (cell) => cell.column),
    rows: Uint16Array.from(cells, (cell) => cell.row),
    strides: Uint16Array.from(cells, (cell) => cell.stride),
  };
}

function cellsOf(stride: number, columns: number, rows: number) {
  return Array.from({ length: columns * rows }, (_, i) => ({
    stride,
    column: i % columns,
    row: Math.floor(i / columns),
  }));
}

/** Output of the `yolox` family: as many rows as the grid has cells. */
export interface YoloxOutput {
  readonly grid: YoloxGrid;
  readonly values: Float32Array;
  /** Default: `grid`. */
  readonly boxes?: BoxReading | undefined;
}

/** Left, top, right, bottom; pixels of the frame. */
export type Box = [number, number, number, number];

/** Reads the box of row i into `box`: centre = (value + cell) * stride, side = exp(value) * stride unless they are in pixels already. */
export function readBox({ grid, values, boxes }: YoloxOutput, i: number, box: Box): Box {
  const at = (i * values.length) / grid.strides.length;
  const inPixels = boxes === "pixels";
  const stride = grid.strides[i]!;
  const x = inPixels ? values[at]! : (values[at]! + grid.columns[i]!) * stride;
  const y = inPixels ? values[at + 1]! : (values[at + 1]! + grid.rows[i]!) * stride;
  const halfWidth = (inPixels ? values[at + 2]! : Math.exp(values[at + 2]!) * stride) / 2;
  const halfHeight = (inPixels ? values[at + 3]! : Math.exp(values[at + 3]!) * stride) / 2;
  box[0] = x - halfWidth;
  box[1] = y - halfHeight;
  box[2] = x + halfWidth;
  box[3] = y + halfHeight;
  return box;
}

/**
 * Collects persons: score = objectness * class score. False when a number that is used is not finite: then nothing of the picture
 * is known.
 */
export function decodeYolox(output: YoloxOutput, minScore: number, found: Candidates): boolean {
  const { grid, values } = output;
  const box: Box = [0, 0, 0, 0];
  const cells = grid.strides.length;
  const rowLength = values.length / cells;
  let zero = 0;
  for (let i = 0, at = 0; i < cells; i++, at += rowLength) {
    for (let k = 0; k <= PERSON; k++) zero += values[at + k]! * 0;
    const score = values[at + OBJECTNESS]! * values[at + PERSON]!;
    if (!(score >= minScore) || !found.wants(score)) continue;
    const [left, top, right, bottom] = readBox(output, i, box);
    zero += left * 0 + top * 0 + right * 0 + bottom * 0;
    found.add(score, left, top, right, bottom);
  }
  return zero === 0;
}
