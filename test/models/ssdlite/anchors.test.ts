import { describe, expect, it } from "vitest";
import { anchorShift, receptiveFieldShift } from "../../../models/ssdlite/anchor-shift.ts";
import { anchorCentres, anchorShapes } from "../../../models/ssdlite/anchors.ts";
import { sourceWeights } from "../support/source.ts";

const ORIGINAL = "Postprocessor/ExpandDims";
const CELLS = [19, 10, 5, 3, 2, 1] as const;

describe("anchors at 300 x 300", () => {
  it("are the 1917 of the original", async () => {
    const original = (await sourceWeights()).tensor(ORIGINAL);
    const shapes = anchorShapes(original);
    const rows = CELLS.flatMap((cells, index) => {
      const anchors = shapes[index]!;
      const grid = { columns: cells, rows: cells, anchorsPerCell: anchors.length, inputWidth: 300, inputHeight: 300 };
      const centres = anchorCentres({ ...grid, halvings: 4 + index });
      return Array.from({ length: centres.length / 2 }, (_, row) => {
        const [x, y] = centres.subarray(row * 2, row * 2 + 2);
        const { width, height } = anchors[row % anchors.length]!;
        return [y! - height / 2, x! - width / 2, y! + height / 2, x! + width / 2].map((value) => value / 300);
      });
    });
    expect(rows).toHaveLength(1917);
    const difference = rows.flat().map((value, index) => Math.abs(value - original.data[index]!));
    expect(Math.max(...difference)).toBeLessThan(1e-6);
  });

  it("are refused when the source holds another number", () => {
    expect(() => anchorShapes({ shape: [1, 10, 4], data: new Float32Array(40) })).toThrow(/Expected 1917/);
  });
});

describe("anchors at another size", () => {
  it("lie at the same distance from the receptive fields as they did at 300 x 300", () => {
    expect(anchorShift(300, 5)).toBe(0);
    expect(receptiveFieldShift(640, 4)).toBe(7.5);
    expect(receptiveFieldShift(300, 4)).toBe(5.5);
    expect(anchorShift(640, 5)).toBe(10);
  });

  it("are centred per axis, in the order row, column, anchor", () => {
    const centres = anchorCentres({
      columns: 2,
      rows: 1,
      anchorsPerCell: 2,
      inputWidth: 32,
      inputHeight: 16,
      halvings: 4,
    });
    const shift = anchorShift(32, 4);
    expect([...centres]).toEqual([8 + shift, 10, 8 + shift, 10, 24 + shift, 10, 24 + shift, 10]);
  });
});
