import { describe, expect, it } from "vitest";
import { Candidates } from "../../../../../edge-agent/detector/candidates.ts";
import { decodeListed, decodeQueries } from "../../../../../edge-agent/detector/families/detr/decode-detr.ts";
import { type MadeOutput, runnableModel } from "../../../../models/support/runnable-model.ts";
import { foundBoxes } from "../found-boxes.ts";
import { PERSON, SIDE, tryFamily } from "../try-family.ts";

describe("decodeQueries", () => {
  const boxes = Float32Array.of(0.5, 0.5, 0.2, 0.4, 0.25, 0.5, 0.5, 1);

  it("reads each class by itself", () => {
    const found = new Candidates(10);
    const logits = Float32Array.of(Math.log(3), -9, -9, Math.log(9));
    expect(decodeQueries({ boxes, logits, size: [200, 100], person: 0, isSoftmax: false }, 0.3, found)).toBe(true);
    expect(foundBoxes(found)).toEqual([[0.75, 80, 30, 120, 70]]);
  });

  it("reads classes that share their probability", () => {
    const found = new Candidates(10);
    const logits = Float32Array.of(0, Math.log(2), 0, 1000, 0, 0);
    expect(decodeQueries({ boxes, logits, size: [200, 100], person: 1, isSoftmax: true }, 0.3, found)).toBe(true);
    expect(foundBoxes(found)).toEqual([[0.5, 80, 30, 120, 70]]);
  });

  it("says when a number is not finite", () => {
    const logits = Float32Array.of(0, Number.NaN);
    const queries = { boxes, logits, size: [200, 100], person: 0, isSoftmax: false } as const;
    expect(decodeQueries(queries, 0.3, new Candidates(10))).toBe(false);
  });
});

it("decodeListed takes persons alone, as they are", () => {
  const found = new Candidates(10);
  const boxes = Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);
  const scores = Float32Array.of(0.5, 0.9, 0.2);
  expect(decodeListed({ labels: Float32Array.of(0, 17, 0), boxes, scores }, 0.3, found)).toBe(true);
  expect(foundBoxes(found)).toEqual([[0.5, 1, 2, 3, 4]]);
});

const QUERIES = 30;

/** Boxes in parts of the picture; the first two are the drawn person's, which each count. */
const PARTS = Float32Array.from(
  Array.from({ length: QUERIES }, (_, i) => {
    const { x, y, width, height } = PERSON;
    const box = i < 2 ? [x, y, width, height] : [20 + 9 * i, 300 - 8 * i, 30 + i, 60 + i];
    return box.map((side) => side / SIDE);
  }).flat(),
);

function logits(classes: number, person: number): MadeOutput {
  const values = new Float32Array(QUERIES * classes).fill(-8);
  for (let i = 0; i < QUERIES; i++) values[i * classes + person] = i < 2 ? 2 - i : -6;
  if (classes === 92) for (let i = 0; i < QUERIES; i++) values[i * classes + 91] = 0;
  return {
    name: "logits",
    dims: [1, QUERIES, classes],
    values,
    gain: values.map((value) => (value > -8 ? 0.01 : 0)),
  };
}

const boxes: MadeOutput = { name: "pred_boxes", dims: [1, QUERIES, 4], values: PARTS };
const BOX = [PERSON.left, PERSON.top, PERSON.right, PERSON.bottom];

it.each([
  { name: "RT-DETR", outputs: [logits(80, 0), boxes], scores: [0.88, 0.73] },
  { name: "RF-DETR, boxes first", outputs: [boxes, logits(91, 1)], scores: [0.88, 0.73] },
  { name: "DETR", outputs: [logits(92, 1), boxes], scores: [0.86, 0.71] },
  { name: "person alone", outputs: [logits(1, 0), boxes], scores: [0.88, 0.73] },
])("$name: recognised, tried, and nothing is suppressed", async ({ outputs, scores }) => {
  const result = await tryFamily(runnableModel({ width: SIDE, height: SIDE, outputs }));
  expect(result).toMatchObject({ family: "detr-style", finite: true, boxes: [BOX, BOX] });
  for (const [i, score] of scores.entries()) expect(result.scores[i]).toBeCloseTo(score, 1);
});

it("D-FINE: told the size of the frame, gives labels, boxes and scores", async () => {
  const scores = Float32Array.from({ length: QUERIES }, (_, i) => (i < 2 ? 0.8 - 0.1 * i : 0.01));
  const labels = Float32Array.from({ length: QUERIES }, (_, i) => (i === 1 ? 5 : 0));
  const bytes = runnableModel({
    width: SIDE,
    height: SIDE,
    outputs: [
      { name: "labels", dims: [1, QUERIES], values: labels, element: "int64" },
      { name: "boxes", dims: [1, QUERIES, 4], values: cornersOf(PARTS), bySize: true },
      { name: "scores", dims: [1, QUERIES], values: scores, gain: scores.map(() => 0.1) },
    ],
  });
  expect(await tryFamily(bytes)).toMatchObject({ family: "detr-style", scores: [0.85], boxes: [BOX] });
});

function cornersOf(parts: Float32Array): Float32Array {
  return parts.map((_, at) => {
    const k = at % 4;
    const from = at - k + (k % 2);
    return (parts[from] ?? 0) + ((k < 2 ? -1 : 1) * (parts[from + 2] ?? 0)) / 2;
  });
}
