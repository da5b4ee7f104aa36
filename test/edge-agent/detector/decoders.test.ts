import { describe, expect, it } from "vitest";
import { Candidates } from "../../../edge-agent/detector/candidates.ts";
import { decodeSsd } from "../../../edge-agent/detector/families/ssd/decode-ssd.ts";
import { createYoloxGrid, decodeYolox } from "../../../edge-agent/detector/families/yolox/decode-yolox.ts";
import { shapeIn } from "../../../edge-agent/detector/session-ports.ts";

function boxesOf(found: Candidates): number[][] {
  return Array.from(found.order.subarray(0, found.count), (place) =>
    Array.from(found.boxes.subarray(4 * place, 4 * place + 4), Math.round),
  );
}

describe("decodeYolox", () => {
  const grid = createYoloxGrid(64, 32);
  const CLASSES = 2;
  const ROW = 5 + CLASSES;
  const cells = grid.strides.length;

  function decode(rows: Record<number, readonly number[]>, minScore = 0.3): Candidates {
    const values = new Float32Array(cells * ROW);
    for (const [row, entries] of Object.entries(rows)) values.set(entries, Number(row) * ROW);
    const found = new Candidates(10);
    decodeYolox({ grid, values }, minScore, found);
    return found;
  }

  it("has a cell for each row: strides 8, 16, 32, row by row", () => {
    expect(cells).toBe(8 * 4 + 4 * 2 + 2 * 1);
    expect([grid.strides[31], grid.strides[32], grid.strides[40]]).toEqual([8, 16, 32]);
    expect([grid.columns[9], grid.rows[9]]).toEqual([1, 1]);
    expect([grid.columns[41], grid.rows[41]]).toEqual([1, 0]);
  });

  it.each([
    { name: "stride 8, second row", row: 9, values: [0.5, 0.25, 0, Math.log(2), 0.9, 1, 0], box: [8, 2, 16, 18] },
    { name: "stride 16", row: 33, values: [0, 0, 0, 0, 1, 1, 0], box: [8, -8, 24, 8] },
    { name: "stride 32", row: 41, values: [0.5, 0.5, Math.log(0.5), 0, 1, 0.5, 0], box: [40, 0, 56, 32] },
  ])("$name", ({ row, values, box }) => {
    const found = decode({ [row]: values });
    expect(boxesOf(found)).toEqual([box]);
    expect(found.scores[0]).toBeCloseTo(values[4]! * values[5]!, 6);
  });

  it("looks at persons alone, from the lowest score on", () => {
    expect(decode({ 0: [0, 0, 0, 0, 1, 0.1, 0.9] }).count).toBe(0);
    expect(decode({ 0: [0, 0, 0, 0, 0.5, 0.5, 0] }, 0.25).count).toBe(1);
    expect(decode({ 0: [0, 0, 0, 0, 0.5, 0.49, 0] }, 0.25).count).toBe(0);
    expect(decode({ 0: [0, 0, 0, 0, Number.NaN, 1, 0] }).count).toBe(0);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    "says when %f is in what it reads",
    (value) => {
      const found = new Candidates(10);
      for (const column of [0, 1, 2, 3, 4, 5]) {
        const values = new Float32Array(cells * ROW);
        expect(decodeYolox({ grid, values }, 0.3, found)).toBe(true);
        values[17 * ROW + column] = value;
        expect(decodeYolox({ grid, values }, 0.3, found)).toBe(false);
      }
    },
  );

  it("says when a side is beyond all numbers", () => {
    const found = new Candidates(10);
    const values = new Float32Array(cells * ROW);
    values.set([0, 0, 800, 0, 1, 1], 0);
    expect(decodeYolox({ grid, values }, 0.3, found)).toBe(false);
  });

  it("takes boxes in pixels as they are", () => {
    const found = new Candidates(10);
    const values = new Float32Array(cells * ROW);
    values.set([30, 16, 10, 20, 1, 0.5], 9 * ROW);
    expect(decodeYolox({ grid, values, boxes: "pixels" }, 0.3, found)).toBe(true);
    expect(boxesOf(found)).toEqual([[25, 6, 35, 26]]);
  });
});

describe("decodeSsd", () => {
  it("takes boxes as they are, from the lowest score on, best first", () => {
    const found = new Candidates(10);
    const boxes = Float32Array.of(0, 1, 2, 3, 10, 11, 12, 13, 20, 21, 22, 23, 30, 31, 32, 33);
    decodeSsd({ boxes, scores: Float32Array.of(0.25, 0.9, 0.1, Number.NaN) }, 0.25, found);
    expect(boxesOf(found)).toEqual([
      [10, 11, 12, 13],
      [0, 1, 2, 3],
    ]);
  });
});

it.each([
  { name: "a box", boxes: [0, 1, 2, Number.NaN], scores: [0.1] },
  { name: "an unsure box", boxes: [Number.POSITIVE_INFINITY, 1, 2, 3], scores: [0.1] },
  { name: "a score", boxes: [0, 1, 2, 3], scores: [Number.NEGATIVE_INFINITY] },
])("decodeSsd says when $name is not finite", ({ boxes, scores }) => {
  const output = { boxes: Float32Array.from(boxes), scores: Float32Array.from(scores) };
  expect(decodeSsd(output, 0.25, new Candidates(10))).toBe(false);
  expect(decodeSsd({ boxes: Float32Array.of(0, 1, 2, 3), scores: Float32Array.of(0) }, 0.25, new Candidates(10))).toBe(
    true,
  );
});

describe("shapeIn", () => {
  const metadata = [{ name: "image", isTensor: true, type: "uint8", shape: [1, 2, "n"] }] as const;

  it("gives what is expected for a size that the model leaves free", () => {
    expect(shapeIn(metadata, { name: "image", type: "uint8", shape: [1, 2, 9] })).toEqual([1, 2, 9]);
  });

  it("gives the fixed shape", () => {
    const fixed = [{ name: "boxes", isTensor: true, type: "float32", shape: [1, 7, 4] }] as const;
    expect(shapeIn(fixed, { name: "boxes", type: "float32", shape: [1, undefined, 4] })).toEqual([1, 7, 4]);
  });

  it.each([
    { name: "another name", expected: { name: "images", type: "uint8", shape: [1] }, says: '"images"' },
    { name: "another type", expected: { name: "image", type: "float32", shape: [1, 2, 3] }, says: "float32" },
    { name: "another rank", expected: { name: "image", type: "uint8", shape: [1, 2] }, says: "[1, 2]" },
    {
      name: "a size that may change",
      expected: { name: "image", type: "uint8", shape: [1, 2, undefined] },
      says: "any",
    },
  ] as const)("refuses $name", ({ expected, says }) => {
    expect(() => shapeIn(metadata, expected)).toThrowError(says);
  });
});
