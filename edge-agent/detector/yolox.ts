import { type InferenceSession, Tensor } from "onnxruntime-node";
import type { Candidates } from "./candidates.ts";
import type { DetectorModel } from "./model.ts";
import type { Runner } from "./runner.ts";
import { shapeIn } from "./session-ports.ts";

const STRIDES = [8, 16, 32] as const;
/** Places in a row: centre x, centre y, log width, log height, objectness, then one score a class; person is class 0. */
const OBJECTNESS = 4;
const PERSON = 5;

/** YOLOX (Ge et al., 2021) as exported by its authors: float planes B, G, R of 0..255 in, the raw grid out. */
export function createYoloxRunner(session: InferenceSession, model: DetectorModel): Runner {
  const { inputWidth: width, inputHeight: height } = model;
  const grid = createYoloxGrid(width, height);
  const [inputName = "images"] = session.inputNames;
  const [outputName = "output"] = session.outputNames;
  const input = shapeIn(session.inputMetadata, { name: inputName, type: "float32", shape: [1, 3, height, width] });
  const cells = grid.strides.length;
  const output = shapeIn(session.outputMetadata, { name: outputName, type: "float32", shape: [1, cells, undefined] });
  const bytes = new Uint8Array(3 * width * height);
  const planes = new Float32Array(bytes.length);
  const values = new Float32Array(cells * output[2]!);
  return {
    feeds: { [inputName]: new Tensor("float32", planes, input) },
    fetches: { [outputName]: new Tensor("float32", values, output) },
    load: (frame) => {
      bytes.set(frame);
      planesOf(bytes, planes);
    },
    decode: (minScore, found) => decodeYolox({ grid, values }, minScore, found),
  };
}

/** `gbrp` bytes to float planes in the order B, G, R. */
export function planesOf(gbrp: Uint8Array, planes: Float32Array): void {
  const size = gbrp.length / 3;
  planes.set(gbrp.subarray(size, 2 * size), 0);
  planes.set(gbrp.subarray(0, size), size);
  planes.set(gbrp.subarray(2 * size), 2 * size);
}

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
}

/** Collects persons: centre = (value + cell) * stride, side = exp(value) * stride, score = objectness * class score. */
export function decodeYolox({ grid, values }: YoloxOutput, minScore: number, found: Candidates): void {
  const cells = grid.strides.length;
  const rowLength = values.length / cells;
  for (let i = 0, at = 0; i < cells; i++, at += rowLength) {
    const score = values[at + OBJECTNESS]! * values[at + PERSON]!;
    if (!(score >= minScore) || !found.wants(score)) continue;
    const stride = grid.strides[i]!;
    const x = (values[at]! + grid.columns[i]!) * stride;
    const y = (values[at + 1]! + grid.rows[i]!) * stride;
    const halfWidth = (Math.exp(values[at + 2]!) * stride) / 2;
    const halfHeight = (Math.exp(values[at + 3]!) * stride) / 2;
    found.add(score, x - halfWidth, y - halfHeight, x + halfWidth, y + halfHeight);
  }
}
