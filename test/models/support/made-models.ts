import { seededBytes } from "../../../edge-agent/detector/probe/seeded-bytes.ts";
import { type GraphPort, OnnxGraph } from "../../../models/onnx/graph.ts";

/** An ONNX file with these inputs and outputs and no work between them. */
export function madeModel(
  inputs: readonly GraphPort[],
  outputs: readonly GraphPort[],
  operator = "Identity",
): Uint8Array {
  const graph = new OnnxGraph();
  graph.constant("weights", [1024], new Float32Array(1024));
  graph.node({ op: operator, inputs: ["weights"], output: "nothing" });
  return graph.toBytes({ inputs, outputs, metadata: {} });
}

/** A port of 32-bit floats. */
export function floats(name: string, ...dims: (number | string)[]): GraphPort {
  return { name, element: "float32", dims };
}

/** A port of bytes. */
export function bytes(name: string, ...dims: number[]): GraphPort {
  return { name, element: "uint8", dims };
}

/** A well-formed model of YOLOX for 96 x 64 pixels. */
export function madeYolox(): Uint8Array {
  return madeModel([floats("images", 1, 3, 64, 96)], [floats("output", 1, 126, 85)]);
}

/** A model of the form of YOLOX that runs. */
export interface RunnableYolox {
  readonly width?: number;
  readonly height?: number;
  /** What the first four numbers of a row are; default: `raw`, as YOLOX exports them. */
  readonly boxes?: "raw" | "pixels" | "parts" | "cells" | "whole" | "far";
  /** What the scores are; default: probabilities. */
  readonly scores?: "probabilities" | "logits";
  /** What the model leaves free; default: nothing. */
  readonly free?: "batch" | "batch and sides" | "all but the form";
  /** Divides by the lightness of the picture, which gives NaN on a black one. */
  readonly blindInTheDark?: boolean;
  /** Gives the same for every picture. */
  readonly constant?: boolean;
  /** 85 or 6. */
  readonly columns?: number;
}

/** Rows of the grid as `[column, row, stride]`. */
export function yoloxCells(width: number, height: number): [number, number, number][] {
  return [8, 16, 32].flatMap((stride) =>
    Array.from({ length: (width / stride) * (height / stride) }, (_, i): [number, number, number] => [
      i % (width / stride),
      Math.floor(i / (width / stride)),
      stride,
    ]),
  );
}

/** The numbers that such a model gives for a grey picture, the same in each run. */
export function yoloxRows({
  width = 96,
  height = 64,
  boxes = "raw",
  scores,
  columns = 85,
}: RunnableYolox): Float32Array {
  const cells = yoloxCells(width, height);
  const chance = seededBytes(cells.length * columns);
  return Float32Array.from({ length: cells.length * columns }, (_, at) => {
    const [column = 0, row = 0, stride = 8] = cells[Math.floor(at / columns)] ?? [];
    const random = (chance[at] ?? 0) / 255;
    const place = at % columns;
    if (place >= 4) return scores === "logits" ? -6 + 8 * random : 0.4 * random;
    const raw = place < 2 ? random : 0.2 + random;
    const cell = place === 0 ? column : row;
    const pixels = place < 2 ? (raw + cell) * stride : Math.exp(raw) * stride;
    const side = place % 2 === 0 ? width : height;
    const whole = place < 2 ? side / 2 + random : side * (1 + random);
    return { raw, pixels, parts: pixels / side, cells: pixels / stride, whole, far: raw + 100 }[boxes];
  });
}

/** Such a model; its scores grow with the lightness of the picture. */
export function runnableYolox(options: RunnableYolox = {}): Uint8Array {
  const { width = 96, height = 64, columns = 85, free, blindInTheDark = false, constant = false } = options;
  const rows = yoloxRows(options);
  const count = rows.length / columns;
  const graph = new OnnxGraph();
  graph.constant("rows", [1, count, columns], rows);
  const gain = Float32Array.from(rows, (_, at) => (at % columns >= 4 && !constant ? 0.1 / 255 : 0));
  graph.constant("gain", [1, count, columns], gain);
  graph.node({ op: "ReduceMean", inputs: ["images"], output: "light", attributes: { axes: [1, 2, 3], keepdims: 0 } });
  graph.node({ op: "Mul", inputs: ["light", "gain"], output: "change" });
  graph.node({ op: "Add", inputs: ["rows", "change"], output: "sum" });
  graph.node({ op: "Sign", inputs: ["light"], output: "isLight" });
  graph.node(
    blindInTheDark
      ? { op: "Div", inputs: ["sum", "isLight"], output: "output" }
      : { op: "Identity", inputs: ["sum"], output: "output" },
  );
  const batch = free === undefined ? 1 : "batch";
  const sides = free === undefined || free === "batch" ? [height, width] : ["h", "w"];
  const output = {
    none: [1, count, columns],
    batch: ["batch", count, columns],
    "batch and sides": ["batch", "n", columns],
    "all but the form": ["batch", "n", "c"],
  }[free ?? "none"];
  return graph.toBytes({
    inputs: [floats("images", batch, 3, ...sides)],
    outputs: [floats("output", ...output)],
    metadata: {},
  });
}

/** Products of large matrices, one after the other, that take minutes. */
export function endlessYolox(): Uint8Array {
  const graph = new OnnxGraph();
  graph.constant("side", [2], BigInt64Array.of(3000n, 3000n));
  graph.node({ op: "ReduceMean", inputs: ["images"], output: "light", attributes: { axes: [1, 2, 3], keepdims: 0 } });
  graph.node({ op: "Expand", inputs: ["light", "side"], output: "m0" });
  for (let i = 0; i < 400; i++) graph.node({ op: "MatMul", inputs: [`m${i}`, `m${i}`], output: `m${i + 1}` });
  return closedYolox(graph, "m400");
}

/** The file of a graph that makes of `images` (96 x 64) the number `last`: the form of YOLOX. */
export function closedYolox(graph: OnnxGraph, last: string): Uint8Array {
  graph.constant("form", [3], BigInt64Array.of(1n, 126n, 85n));
  graph.node({ op: "ReduceMean", inputs: [last], output: "mean", attributes: { keepdims: 0 } });
  graph.node({ op: "Expand", inputs: ["mean", "form"], output: "output" });
  return graph.toBytes({
    inputs: [{ name: "images", element: "float32", dims: [1, 3, 64, 96] }],
    outputs: [{ name: "output", element: "float32", dims: [1, 126, 85] }],
    metadata: {},
  });
}
