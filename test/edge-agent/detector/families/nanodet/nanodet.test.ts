import { describe, expect, it } from "vitest";
import { Candidates } from "../../../../../edge-agent/detector/candidates.ts";
import {
  createNanodetGrid,
  decodeNanodet,
} from "../../../../../edge-agent/detector/families/nanodet/decode-nanodet.ts";
import { runnableModel } from "../../../../models/support/runnable-model.ts";
import { foundBoxes } from "../found-boxes.ts";
import { PERSON, SIDE, tryFamily } from "../try-family.ts";

/** Logits of a distribution that lies on these distances, in equal parts. */
function on(...distances: number[]): number[] {
  return Array.from({ length: 8 }, (_, k) => (distances.includes(k) ? 40 : -40));
}

describe("decodeNanodet", () => {
  it("has a row for each cell of strides 8, 16, 32 and 64, cut ones too", () => {
    const grid = createNanodetGrid(72, 40);
    expect(grid.strides).toHaveLength(9 * 5 + 5 * 3 + 3 * 2 + 2 * 1);
    expect([grid.xs[10], grid.ys[10], grid.strides[10]]).toEqual([8, 8, 8]);
    expect([grid.xs[67], grid.ys[67], grid.strides[67]]).toEqual([64, 0, 64]);
  });

  it("puts a side at the mean of its distribution, in strides", () => {
    const grid = createNanodetGrid(64, 64);
    const values = new Float32Array(grid.strides.length * 34);
    // Row 9: stride 8, point (8, 8): 1, 0.5, 2, and 3.5 strides (all eight alike).
    values.set([0.9, 0, ...on(1), ...on(0, 1), ...on(2), ...new Array(8).fill(3)], 9 * 34);
    // Row 64 + 1: stride 16, point (16, 0).
    values.set([0.5, 0.9, ...on(0), ...on(0), ...on(7), ...on(6, 7)], 65 * 34);
    const found = new Candidates(10);
    expect(decodeNanodet({ grid, values, classes: 2 }, 0.3, found)).toBe(true);
    expect(foundBoxes(found)).toEqual([
      [0.9, 0, 4, 24, 36],
      [0.5, 16, 0, 128, 104],
    ]);
    values[34 * 3 + 20] = Number.NaN;
    expect(decodeNanodet({ grid, values, classes: 2 }, 0.3, found)).toBe(false);
  });
});

/** Logits whose mean is `distance`, between two whole ones. */
function mean(distance: number): number[] {
  const low = Math.floor(distance);
  const part = distance - low;
  return Array.from({ length: 8 }, (_, k) => {
    if (k === low) return Math.log(Math.max(1 - part, 1e-9));
    return k === low + 1 ? Math.log(Math.max(part, 1e-9)) : -40;
  });
}

it.each([80, 1])("with %i classes: recognised, tried, and one box a person", async (classes) => {
  const grid = createNanodetGrid(SIDE, SIDE);
  const length = classes + 32;
  const values = new Float32Array(grid.strides.length * length);
  const gain = new Float32Array(values.length);
  for (const [i, stride] of grid.strides.entries()) {
    values.set([0.02, ...new Array(classes - 1).fill(0), ...mean(1), ...mean(1), ...mean(1), ...mean(1.5)], i * length);
    gain[i * length] = 0.001;
    const [x = 0, y = 0] = [grid.xs[i], grid.ys[i]];
    const isPersons = stride === 32 && (x === 96 || x === 128) && y === 160;
    if (!isPersons) continue;
    const { left, top, right, bottom } = PERSON;
    const sides = [x - left, y - top, right - x, bottom - y].flatMap((px) => mean(px / stride));
    values.set([x === 96 ? 0.8 : 0.7, ...new Array(classes - 1).fill(0), ...sides], i * length);
  }
  const output = { name: "output", dims: [1, grid.strides.length, length], values, gain };
  expect(await tryFamily(runnableModel({ width: SIDE, height: SIDE, outputs: [output] }))).toMatchObject({
    family: "nanodet",
    scores: [0.8],
    boxes: [[PERSON.left, PERSON.top, PERSON.right, PERSON.bottom]],
  });
});
