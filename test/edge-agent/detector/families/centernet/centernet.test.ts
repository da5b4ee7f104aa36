import { describe, expect, it } from "vitest";
import { Candidates } from "../../../../../edge-agent/detector/candidates.ts";
import { decodeCenternet } from "../../../../../edge-agent/detector/families/centernet/decode-centernet.ts";
import { runnableModel } from "../../../../models/support/runnable-model.ts";
import { foundBoxes } from "../found-boxes.ts";
import { PERSON, SIDE, tryFamily } from "../try-family.ts";

describe("decodeCenternet", () => {
  const [columns, rows] = [4, 3];
  const maps = () => ({
    heat: new Float32Array(12).fill(0.1),
    sizes: new Float32Array(24),
    offsets: new Float32Array(24),
    columns,
    rows,
    stride: 4,
    isLogit: false,
  });

  it("takes peaks: of neighbours the warmest, of equal ones the first", () => {
    const { heat, sizes, offsets, ...rest } = maps();
    heat.set([0.1, 0.6, 0.9, 0.1, 0.1, 0.1, 0.1, 0.1, 0.5, 0.5, 0.1, 0.1]);
    sizes[2] = 2;
    sizes[12 + 2] = 3;
    offsets[2] = 0.5;
    offsets[12 + 2] = 0.25;
    const found = new Candidates(20);
    expect(decodeCenternet({ heat, sizes, offsets, ...rest }, 0.3, found)).toBe(true);
    expect(foundBoxes(found)).toEqual([
      [0.9, 6, -5, 14, 7],
      [0.5, 0, 8, 0, 8],
    ]);
  });

  it("reads logits, and says when a number is not finite", () => {
    const { heat, sizes, ...rest } = maps();
    heat.fill(-9);
    heat[5] = Math.log(3);
    const found = new Candidates(20);
    expect(decodeCenternet({ heat, sizes, ...rest, isLogit: true }, 0.3, found)).toBe(true);
    expect(foundBoxes(found)).toEqual([[0.75, 4, 4, 4, 4]]);
    sizes[13] = Number.NaN;
    expect(decodeCenternet({ heat, sizes, ...rest, isLogit: true }, 0.3, found)).toBe(false);
  });
});

it.each([
  { name: "probabilities", isLogit: false, score: 0.8 },
  { name: "logits", isLogit: true, score: 0.8 },
])("$name: recognised, tried, and one box a peak", async ({ isLogit, score }) => {
  const side = SIDE / 4;
  const cells = side * side;
  const warmth = (value: number) => (isLogit ? Math.log(value / (1 - value)) : value);
  const heat = new Float32Array(80 * cells).fill(warmth(0.001));
  // Peaks that differ, so that boxes lie all over the picture.
  for (let i = 0; i < cells; i++) heat[i] = warmth(0.001 + 0.01 * ((i * 7919) % 97) * 0.01);
  const at = 42 * side + 25;
  heat[at] = warmth(score);
  const sizes = Float32Array.from({ length: 2 * cells }, (_, i) => (i < cells ? 78 : 207) / 4);
  const offsets = Float32Array.from({ length: 2 * cells }, (_, i) => (i < cells ? 0 : 0.625));
  const dims = (planes: number) => [1, planes, side, side];
  const bytes = runnableModel({
    width: SIDE,
    height: SIDE,
    outputs: [
      { name: "hm", dims: dims(80), values: heat, gain: heat.map(() => 1e-4) },
      { name: "wh", dims: dims(2), values: sizes },
      { name: "reg", dims: dims(2), values: offsets },
    ],
  });
  const result = await tryFamily(bytes);
  expect(result).toMatchObject({ family: "centernet-style", boxes: [[PERSON.left, 67, PERSON.right, PERSON.bottom]] });
  expect(result.scores[0]).toBeCloseTo(score, 1);
});
