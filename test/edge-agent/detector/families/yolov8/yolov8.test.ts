import { describe, expect, it } from "vitest";
import { Candidates } from "../../../../../edge-agent/detector/candidates.ts";
import { decodeYolov8 } from "../../../../../edge-agent/detector/families/yolov8/decode-yolov8.ts";
import { runnableModel } from "../../../../models/support/runnable-model.ts";
import { foundBoxes } from "../found-boxes.ts";
import { PERSON, SIDE, tryFamily } from "../try-family.ts";

describe("decodeYolov8", () => {
  it("reads columns of centre, sides and scores", () => {
    const found = new Candidates(10);
    // Three boxes, x of all first; the third is another class's.
    const values = Float32Array.of(50, 20, 9, 60, 30, 9, 10, 8, 9, 20, 16, 9, 0.9, 0.4, 0.1, 0, 0, 0.8);
    const layout = { count: 3, length: 6, boxStep: 1, numberStep: 3, hasObjectness: false };
    expect(decodeYolov8({ values, ...layout }, 0.3, found)).toBe(true);
    expect(foundBoxes(found)).toEqual([
      [0.9, 45, 50, 55, 70],
      [0.4, 16, 22, 24, 38],
    ]);
  });

  it("multiplies objectness, where there is one, and reads rows", () => {
    const found = new Candidates(10);
    const values = Float32Array.of(50, 60, 10, 20, 0.5, 0.8, 20, 30, 8, 16, 0.5, 0.5);
    const layout = { count: 2, length: 6, boxStep: 6, numberStep: 1, hasObjectness: true };
    expect(decodeYolov8({ values, ...layout }, 0.3, found)).toBe(true);
    expect(foundBoxes(found)).toEqual([[0.4, 45, 50, 55, 70]]);
    values[8] = Number.POSITIVE_INFINITY;
    expect(decodeYolov8({ values, ...layout }, 0.3, found)).toBe(false);
  });
});

const CELLS = (SIDE * SIDE * 21) / 1024;
type Numbers = readonly [x: number, y: number, width: number, height: number, ...scores: number[]];

/** Boxes spread over the picture, of which the first two are the drawn person's. */
function numbersOf(i: number, count: number): Numbers {
  const { x, y, width, height } = PERSON;
  if (i < 2) return [x + 2 * i, y, width, height, 0.8 - 0.1 * i];
  return [((i * 37) % SIDE) + 4, (SIDE * i) / count, 20 + (i % 7), 40 + (i % 5), 0.01];
}

function model(form: "v8" | "v5", change: (numbers: Numbers) => Numbers = (numbers) => numbers): Uint8Array {
  const isV5 = form === "v5";
  const [count, length] = isV5 ? [3 * CELLS, 85] : [CELLS, 84];
  const values = new Float32Array(count * length);
  const gain = new Float32Array(count * length);
  const at = (i: number, k: number) => (isV5 ? i * length + k : k * count + i);
  for (let i = 0; i < count; i++) {
    const [x, y, width, height, score = 0] = change(numbersOf(i, count));
    for (const [k, value] of [x, y, width, height, isV5 ? 1 : score].entries()) values[at(i, k)] = value;
    if (isV5) values[at(i, 5)] = score;
    gain[at(i, isV5 ? 5 : 4)] = 0.1;
  }
  const dims = isV5 ? [1, count, length] : [1, length, count];
  return runnableModel({ width: SIDE, height: SIDE, outputs: [{ name: "output0", dims, values, gain }] });
}

it.each(["v8", "v5"] as const)("%s: recognised, tried, and one box a person", async (form) => {
  expect(await tryFamily(model(form))).toMatchObject({
    family: "yolov8-style",
    scores: [0.85],
    boxes: [[PERSON.left, 67, PERSON.right, PERSON.bottom]],
  });
});

it.each([
  {
    name: "boxes in parts of the picture",
    change: ([x, y, width, height, ...scores]: Numbers): Numbers => [
      x / SIDE,
      y / SIDE,
      width / SIDE,
      height / SIDE,
      ...scores,
    ],
    says: "parts of the picture",
  },
  {
    name: "logits",
    change: ([x, y, width, height, score = 0]: Numbers): Numbers => [x, y, width, height, 10 * score - 5],
    says: "logits",
  },
  {
    name: "x and y exchanged",
    change: ([x, y, width, height, ...scores]: Numbers): Numbers => [y, x, height, width, ...scores],
    says: "exchanged",
  },
])("refuses $name", async ({ change, says }) => {
  await expect(tryFamily(model("v8", change))).rejects.toThrow(says);
});
