import { expect, test } from "vitest";
import { Masks } from "../../../edge-agent/tracker/masks.ts";
import { polygonContains } from "../../../edge-agent/tracker/polygon.ts";
import type { Point } from "../../../firmware-config/config/geometry.ts";
import { Random } from "../../bench/quality/random.ts";
import { detectionsOf } from "./scene.ts";

const VIEW = { width: 1000, height: 600 };
const MIRROR: readonly Point[] = [
  [0.5, 0],
  [0.7, 0],
  [0.7, 0.5],
  [0.5, 0.5],
];

test("who stands in a mask is left out, with foot and score of the others as they were", () => {
  const kept = new Masks({ ...VIEW, masks: [{ polygon: MIRROR }] }).of(
    detectionsOf([
      { x: 600, y: 250, score: 0.8 },
      { x: 600, y: 350, score: 0.7 },
      { x: 100, y: 250, score: 0.6 },
    ]),
  );
  expect(kept.count).toBe(2);
  expect([...kept.scores.subarray(0, 2)]).toEqual([Math.fround(0.7), Math.fround(0.6)]);
  expect([...kept.boxes.subarray(0, 8)]).toEqual([580, 250, 620, 350, 80, 150, 120, 250]);
});

test("from straight above, people stand in the middle of the box", () => {
  const masks = new Masks({ ...VIEW, masks: [{ polygon: MIRROR }], foot: "centre" });
  expect(masks.of(detectionsOf([{ x: 600, y: 340 }])).count).toBe(0);
  expect(masks.of(detectionsOf([{ x: 600, y: 360 }])).count).toBe(1);
});

test("who reaches below the picture stands at its border", () => {
  const polygon: readonly Point[] = [
    [0, 0.9],
    [1, 0.9],
    [1, 1],
    [0, 1],
  ];
  expect(new Masks({ ...VIEW, masks: [{ polygon }] }).of(detectionsOf([{ x: 300, y: 640 }])).count).toBe(0);
});

test("without masks it is the very same", () => {
  const detections = detectionsOf([{ x: 600, y: 250 }]);
  expect(new Masks({ ...VIEW, masks: [] }).of(detections)).toBe(detections);
});

test("of any people, exactly those outside of all masks are kept, in their order", () => {
  for (let seed = 1; seed <= 200; seed++) {
    const random = new Random(seed);
    const point = (): Point => [random.next(), random.next()];
    const masks = Array.from({ length: 1 + (seed % 3) }, () => ({ polygon: [point(), point(), point()] }));
    const people = Array.from({ length: 20 }, () => ({ x: 1000 * random.next(), y: 1 + 598 * random.next() }));
    const corners = masks.map(({ polygon }) => Float64Array.from(polygon.flatMap(([x, y]) => [1000 * x, 600 * y])));
    const detections = detectionsOf(people);
    const feet = people.map(
      (_, i) => [(detections.boxes[4 * i]! + detections.boxes[4 * i + 2]!) / 2, detections.boxes[4 * i + 3]!] as const,
    );
    const outside = feet.filter(([x, y]) => !corners.some((area) => polygonContains(area, x, y)));
    const kept = new Masks({ ...VIEW, masks }).of(detections);
    const found = Array.from({ length: kept.count }, (_, i) => [
      (kept.boxes[4 * i]! + kept.boxes[4 * i + 2]!) / 2,
      kept.boxes[4 * i + 3]!,
    ]);
    expect(found).toEqual(outside);
  }
});
