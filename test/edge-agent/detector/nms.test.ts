import { describe, expect, it } from "vitest";
import { Candidates } from "../../../edge-agent/detector/candidates.ts";
import { createDetections, type Detections } from "../../../edge-agent/detector/detections.ts";
import { iou, suppress } from "../../../edge-agent/detector/nms.ts";

/** Park and Miller's generator: the same boxes in every run. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
}

function randomCandidates(seed: number, count: number): Candidates {
  const random = createRandom(seed);
  const found = new Candidates(100);
  for (let i = 0; i < count; i++) {
    const [x, y] = [random() * 80, random() * 80];
    const score = random();
    if (found.wants(score)) found.add(score, x, y, x + 5 + random() * 30, y + 5 + random() * 60);
  }
  return found;
}

function largestOverlap({ boxes, count }: Detections): number {
  let largest = 0;
  for (let i = 0; i < count; i++) for (let j = 0; j < i; j++) largest = Math.max(largest, iou(boxes, i, boxes, j));
  return largest;
}

function scoresOf(found: Candidates): number[] {
  return Array.from(found.order.subarray(0, found.count), (place) => found.scores[place]!);
}

describe("Candidates", () => {
  it("keeps the best, best first, and never more than its capacity", () => {
    const random = createRandom(3);
    const scores = Array.from({ length: 1000 }, random);
    const found = new Candidates(50);
    for (const score of scores) if (found.wants(score)) found.add(score, score, 0, 1, 1);
    const best = scores.toSorted((a, b) => b - a).slice(0, 50);
    expect(scoresOf(found)).toEqual(best.map(Math.fround));
    for (let i = 0; i < 50; i++) expect(found.boxes[4 * found.order[i]!]).toBe(Math.fround(best[i]!));
  });

  it("wants no score that is not a number, and starts anew when cleared", () => {
    const found = new Candidates(1);
    expect(found.wants(Number.NaN)).toBe(false);
    found.add(0.5, 0, 0, 1, 1);
    expect([found.wants(0.4), found.wants(0.5), found.wants(0.6), found.wants(Number.NaN)]).toEqual([
      false,
      false,
      true,
      false,
    ]);
    found.clear();
    expect(found.wants(0.1)).toBe(true);
  });
});

describe("suppress", () => {
  const kept = createDetections(100);

  it.each([1, 2, 3, 4, 5, 6, 7, 8])("holds its promises, seed %i", (seed) => {
    const found = randomCandidates(seed, 300);
    for (const maxIou of [0.1, 0.45, 0.6, 1]) {
      suppress(found, maxIou, kept);
      expect(kept.count).toBeGreaterThan(0);
      expect(kept.scores[0]).toBe(found.scores[found.order[0]!]);
      expect(kept.scores.subarray(0, kept.count)).toEqual(kept.scores.slice(0, kept.count).sort().reverse());
      expect(largestOverlap(kept)).toBeLessThanOrEqual(maxIou);
    }
  });

  it("leaves out a box only for a better one that it overlaps", () => {
    const found = randomCandidates(11, 300);
    suppress(found, 0.5, kept);
    const keptScores = new Set(kept.scores.subarray(0, kept.count));
    for (let p = 0; p < found.count; p++) {
      const place = found.order[p]!;
      if (keptScores.has(found.scores[place]!)) continue;
      const reasons = Array.from({ length: kept.count }, (_, j) => j).filter(
        (j) => kept.scores[j]! >= found.scores[place]! && iou(found.boxes, place, kept.boxes, j) > 0.5,
      );
      expect(reasons.length).toBeGreaterThan(0);
    }
  });

  it("finds nothing in nothing", () => {
    suppress(new Candidates(5), 0.5, kept);
    expect(kept.count).toBe(0);
  });
});

describe("iou", () => {
  it.each([
    { name: "the same", a: [0, 0, 2, 2], b: [0, 0, 2, 2], value: 1 },
    { name: "half", a: [0, 0, 2, 2], b: [0, 0, 2, 1], value: 0.5 },
    { name: "a third", a: [0, 0, 2, 2], b: [1, 0, 3, 2], value: 1 / 3 },
    { name: "touching", a: [0, 0, 2, 2], b: [2, 0, 4, 2], value: 0 },
    { name: "apart", a: [0, 0, 1, 1], b: [5, 5, 6, 6], value: 0 },
    { name: "no area", a: [1, 1, 1, 1], b: [0, 0, 2, 2], value: 0 },
  ])("$name", ({ a, b, value }) => {
    expect(iou(Float32Array.from(a), 0, Float32Array.from(b), 0)).toBeCloseTo(value, 6);
    expect(iou(Float32Array.from(b), 0, Float32Array.from(a), 0)).toBeCloseTo(value, 6);
  });
});
