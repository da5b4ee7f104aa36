import { describe, expect, it } from "vitest";
import type { Part } from "../../../../edge-agent/camera/port.ts";
import { createDetections, type Detections } from "../../../../edge-agent/detector/detections.ts";
import { innerSides } from "../../../../edge-agent/detector/parts/inner-sides.ts";
import { PartMerger } from "../../../../edge-agent/detector/parts/part-merger.ts";
import { Random } from "../../../bench/quality/random.ts";

/** Two tiles side by side that share the pixels from 300 to 400. */
const LEFT: Part = { left: 0, top: 0, width: 400, height: 300 };
const RIGHT: Part = { left: 300, top: 0, width: 400, height: 300 };
const LOW_LEFT: Part = { left: 0, top: 200, width: 400, height: 300 };
const LOW_RIGHT: Part = { left: 300, top: 200, width: 400, height: 300 };

type Person = readonly [left: number, top: number, right: number, bottom: number, score: number];

function found(persons: readonly Person[]): Detections {
  const detections = createDetections(10);
  detections.count = persons.length;
  for (const [i, [left, top, right, bottom, score]] of persons.entries()) {
    detections.boxes.set([left, top, right, bottom], 4 * i);
    detections.scores[i] = score;
  }
  return detections;
}

function merge(parts: readonly Part[], persons: readonly (readonly Person[])[]): Person[] {
  const merged = createDetections(10);
  new PartMerger(parts, 10).merge(persons.map(found), merged);
  return Array.from({ length: merged.count }, (_, i) => {
    const [left = 0, top = 0, right = 0, bottom = 0] = merged.boxes.subarray(4 * i, 4 * i + 4);
    return [left, top, right, bottom, Math.round(100 * merged.scores[i]!) / 100];
  });
}

describe("persons of overlapping parts", () => {
  it.each<{ name: string; left: Person[]; right: Person[]; out: Person[] }>([
    { name: "nobody", left: [], right: [], out: [] },
    {
      name: "two who are apart, best first",
      left: [[100, 50, 140, 150, 0.5]],
      right: [[600, 50, 640, 150, 0.9]],
      out: [
        [600, 50, 640, 150, 0.9],
        [100, 50, 140, 150, 0.5],
      ],
    },
    {
      name: "one whom both see whole: the surer box",
      left: [[330, 50, 370, 150, 0.6]],
      right: [[331, 52, 371, 151, 0.8]],
      out: [[331, 52, 371, 151, 0.8]],
    },
    {
      name: "one whom the left cuts and the right sees whole: the whole box, though it is less sure",
      left: [[380, 50, 400, 150, 0.9]],
      right: [[380, 50, 420, 150, 0.6]],
      out: [[380, 50, 420, 150, 0.6]],
    },
    {
      name: "one whom the right cuts",
      left: [[280, 50, 320, 150, 0.4]],
      right: [[300, 52, 320, 149, 0.9]],
      out: [[280, 50, 320, 150, 0.4]],
    },
    {
      name: "one who is wider than what the tiles share: one box around both pieces",
      left: [[250, 50, 400, 290, 0.7]],
      right: [[300, 55, 450, 292, 0.9]],
      out: [[250, 50, 450, 292, 0.9]],
    },
    {
      name: "one whom the left cuts and the right does not find: as it is",
      left: [[380, 50, 400, 150, 0.7]],
      right: [],
      out: [[380, 50, 400, 150, 0.7]],
    },
    {
      name: "two who stand close, each found by another tile: both",
      left: [[330, 50, 370, 150, 0.8]],
      right: [[362, 50, 402, 150, 0.7]],
      out: [
        [330, 50, 370, 150, 0.8],
        [362, 50, 402, 150, 0.7],
      ],
    },
    {
      name: "two of one tile that overlap: that tile's own suppression has judged them",
      left: [
        [330, 50, 370, 150, 0.8],
        [335, 50, 375, 150, 0.7],
      ],
      right: [],
      out: [
        [330, 50, 370, 150, 0.8],
        [335, 50, 375, 150, 0.7],
      ],
    },
    {
      name: "one at the border of the picture is not cut by a tile",
      left: [[0, 50, 20, 150, 0.7]],
      right: [],
      out: [[0, 50, 20, 150, 0.7]],
    },
  ])("$name", ({ left, right, out }) => {
    expect(merge([LEFT, RIGHT], [left, right])).toEqual(out);
    expect(merge([RIGHT, LEFT], [right, left])).toEqual(out);
  });

  it("one where four tiles meet, cut by all of them, is one", () => {
    const parts = [LEFT, RIGHT, LOW_LEFT, LOW_RIGHT];
    const pieces: Person[][] = [
      [[290, 190, 400, 300, 0.9]],
      [[300, 190, 410, 300, 0.8]],
      [[290, 200, 400, 310, 0.7]],
      [],
    ];
    expect(merge(parts, pieces)).toEqual([[290, 190, 410, 310, 0.9]]);
  });

  it("keeps the best where there is no more room", () => {
    const crowd = (from: number): Person[] =>
      Array.from({ length: 10 }, (_, i) => [from + 20 * i, 0, from + 20 * i + 15, 50, 0.05 * (i + 1)]);
    const out = merge([LEFT, RIGHT], [crowd(0), crowd(420)]);
    expect(out.map((person) => person[4])).toEqual([0.5, 0.5, 0.45, 0.45, 0.4, 0.4, 0.35, 0.35, 0.3, 0.3]);
  });

  it("every person once, wherever they stand, as long as they are narrower than the shared strip", () => {
    const random = new Random(5);
    const parts = [LEFT, RIGHT, LOW_LEFT, LOW_RIGHT];
    for (let round = 0; round < 300; round++) {
      const [width, height] = [20 + 60 * random.next(), 30 + 60 * random.next()];
      const [x, y] = [random.next() * (700 - width), random.next() * (500 - height)];
      const person = [x, y, x + width, y + height] as const;
      const wobble = () => 2 * (random.next() - 0.5);
      const seen = parts.map((part) => {
        const box = [
          Math.max(part.left, person[0] + wobble()),
          Math.max(part.top, person[1] + wobble()),
          Math.min(part.left + part.width, person[2] + wobble()),
          Math.min(part.top + part.height, person[3] + wobble()),
        ] as const;
        const isSeen = box[2] - box[0] > 0.3 * width && box[3] - box[1] > 0.3 * height;
        return isSeen ? ([[...box, 0.3 + 0.6 * random.next()]] as const) : [];
      });
      const out = merge(parts, seen);
      expect(out, `${person}`).toHaveLength(1);
      for (const k of [0, 1, 2, 3]) expect(Math.abs(out[0]![k]! - person[k]!)).toBeLessThan(5);
    }
  });
});

describe("inner sides", () => {
  it("are those behind which another part sees on", () => {
    expect(innerSides([LEFT, RIGHT])).toEqual([
      { left: false, top: false, right: true, bottom: false },
      { left: true, top: false, right: false, bottom: false },
    ]);
    expect(innerSides([LEFT, LOW_LEFT])[0]).toEqual({ left: false, top: false, right: false, bottom: true });
    expect(innerSides([LEFT])[0]).toEqual({ left: false, top: false, right: false, bottom: false });
  });
});
