import { describe, expect, test } from "vitest";
import { MOMENTS } from "../../../edge-agent/tracker/past-memory.ts";
import { MAX_TRACKS } from "../../../edge-agent/tracker/tracker.ts";
import { Random } from "./random.ts";
import { detectionsOf, type Person, Scene } from "./scene.ts";

const RATES = [5, 7, 10, 25];

/** Shows `at(tS)` from `fromS` on until before `toS`, and returns what was seen last. */
function play(scene: Scene, fps: number, [fromS, toS]: readonly [number, number], at: (tS: number) => Person[]) {
  let last = { ...scene.show(fromS, ...at(fromS)), atS: fromS };
  for (let frame = 1; fromS + frame / fps < toS - 1e-9; frame++) {
    const atS = fromS + frame / fps;
    last = { ...scene.show(atS, ...at(atS)), atS };
  }
  return last;
}

const walker = (tS: number) => [{ x: 100 + 80 * tS, y: 300 }];

describe.each(RATES)("at %d pictures per second", (fps) => {
  test("a walking person gets one id, after confirmS, at the right place", () => {
    const scene = new Scene();
    expect(play(scene, fps, [0, 0.15], walker).ids).toEqual([]);
    const seen = play(scene, fps, [0.4, 5], walker);
    expect(seen.ids).toEqual([1]);
    expect(Math.abs(seen.feet[0]![0] - walker(seen.atS)[0]!.x)).toBeLessThan(5);
  });

  test("a person hidden for less than lostS keeps the id, and is not reported meanwhile", () => {
    const scene = new Scene();
    play(scene, fps, [0, 2], walker);
    expect(play(scene, fps, [2, 4], () => [])).toMatchObject({ ids: [], ended: [] });
    expect(play(scene, fps, [4, 4.5], walker).ids).toEqual([1]);
  });

  test("a person gone for longer than lostS ends once, and comes back as another", () => {
    const scene = new Scene();
    play(scene, fps, [0, 2], walker);
    const ended: number[] = [];
    play(scene, fps, [2, 6], (tS) => {
      ended.push(...scene.show(tS - 0.5 / fps).ended);
      return [];
    });
    expect(ended.length).toBeLessThanOrEqual(1);
    expect(play(scene, fps, [6, 8], walker).ids).toEqual([2]);
  });

  test("two people who pass each other keep their ids", () => {
    const scene = new Scene();
    const both = (tS: number) => [
      { x: 200 + 80 * tS, y: 320 },
      { x: 800 - 80 * tS, y: 300 },
    ];
    const before = play(scene, fps, [0, 2], both);
    const hidden = play(scene, fps, [2, 6], (tS) => (Math.abs(tS - 3.75) < 0.3 ? both(tS).slice(0, 1) : both(tS)));
    expect(before.ids.map((id, i) => [id, before.feet[i]![0] < 500])).toEqual([
      [1, true],
      [2, false],
    ]);
    expect(hidden.ids.map((id, i) => [id, hidden.feet[i]![0] < 500]).sort()).toEqual([
      [1, false],
      [2, true],
    ]);
  });
});

test("weak detections continue a person but begin none", () => {
  const scene = new Scene();
  expect(play(scene, 10, [0, 3], () => [{ x: 100, y: 300, score: 0.3 }]).ids).toEqual([]);
  play(scene, 10, [3, 4], walker);
  expect(play(scene, 10, [4, 8], (tS) => [{ ...walker(tS)[0]!, score: 0.15 }]).ids).toEqual([1]);
  expect(scene.show(8, { ...walker(8)[0]!, score: 0.05 }).ids).toEqual([]);
});

test("one-frame ghosts get no id", () => {
  const scene = new Scene();
  const random = new Random(3);
  for (let frame = 0; frame < 500; frame++) {
    const seen = scene.show(frame / 10, { x: random.between(0, 1000), y: frame % 2 ? 150 : 500 });
    expect(seen.ids).toEqual([]);
  }
});

test("a thing that never moves is never reported, whenever it is first seen; it is a person when it walks", () => {
  const random = new Random(5);
  const mannequin = (): Person[] => [{ x: 300 + random.normal(), y: 300 + random.normal() }];
  for (const lightS of [0, 60]) {
    const scene = new Scene({ stillS: 5 });
    expect(play(scene, 10, [0, lightS], () => []).ids).toEqual([]);
    for (let onS = lightS; onS < lightS + 300; onS += 100) {
      for (let k = 0; k < 600; k++) expect(scene.show(onS + k / 10, ...mannequin()).ids).toEqual([]);
      expect(play(scene, 10, [onS + 60, onS + 100], () => []).ended).toEqual([]);
    }
    const atS = lightS + 300;
    play(scene, 10, [atS, atS + 10], mannequin);
    expect(play(scene, 10, [atS + 10, atS + 11.5], (tS) => [{ x: 300 + 50 * (tS - atS - 10), y: 300 }]).ids).toEqual([
      1,
    ]);
  }
});

test("who is reported late has the past since birth, in order, from where the person was first seen", () => {
  const scene = new Scene();
  const standing = (tS: number) => [{ x: 300 + (tS > 20 ? 60 * (tS - 20) : 0), y: 300 }];
  let told: { atS: number[]; x: number[] } | undefined;
  for (let k = 0; k < 220; k++) {
    const { past } = scene.tracker.update(detectionsOf(standing(k / 10)), k / 10);
    if (past.count === 0) continue;
    expect(told).toBeUndefined();
    told = {
      atS: [...past.atS.subarray(0, past.count)],
      x: Array.from({ length: past.count }, (_, i) => (past.boxes[4 * i]! + past.boxes[4 * i + 2]!) / 2),
    };
  }
  expect(told?.atS[0]).toBe(0);
  expect(told?.x[0]).toBeCloseTo(300);
  expect(told?.atS).toEqual([...(told?.atS ?? [])].sort((a, b) => a - b));
  expect(told?.atS.at(-1)).toBeLessThan(20.9);
  expect(told?.atS.length).toBeLessThanOrEqual(MOMENTS);
});

test("a poster whose weak score rises is never reported", () => {
  const scene = new Scene({ stillS: 5 });
  expect(play(scene, 10, [0, 60], (tS) => [{ x: 300, y: 300, score: tS < 20 ? 0.3 : 0.8 }]).ids).toEqual([]);
});

test("a body that is cut at the waist now and then has not moved", () => {
  const scene = new Scene({ stillS: 5 });
  const random = new Random(4);
  for (let k = 0; k < 3000; k++) {
    const detections = detectionsOf([{ x: 300, y: 300 }]);
    if (Math.floor(k / 20) % 2 === 1) detections.boxes[3] = 250 + random.normal();
    expect(scene.tracker.update(detections, k / 10).count).toBe(0);
  }
});

test("stillS 0 reports what never moved, too", () => {
  expect(play(new Scene({ stillS: 0 }), 10, [0, 60], () => [{ x: 300, y: 300 }]).ids).toEqual([1]);
});

test("a person who walked in and then stands is never hidden", () => {
  const scene = new Scene({ stillS: 5 });
  expect(play(scene, 10, [0, 60], (tS) => [{ x: 100 + 80 * Math.min(tS, 2), y: 300 }]).ids).toEqual([1]);
});

test("a person who leaves the picture ends at once", () => {
  const scene = new Scene();
  play(scene, 10, [0, 2], (tS) => [{ x: 850 + 80 * tS, y: 300 }]);
  const ended: number[] = [];
  for (let frame = 20; frame < 30; frame++) ended.push(...scene.show(frame / 10).ended);
  expect(ended).toEqual([1]);
});

test("a stream that stood still for longer than lostS begins anew", () => {
  const scene = new Scene();
  play(scene, 10, [0, 2], walker);
  const seen = scene.show(30, ...walker(2));
  expect(seen).toEqual({ ids: [], feet: [], ended: [1] });
});

test("boxes that are not boxes are ignored", () => {
  const scene = new Scene();
  const broken = [
    { x: Number.NaN, y: 300 },
    { x: Number.POSITIVE_INFINITY, y: 300 },
    { x: 300, y: Number.NaN },
    { x: 400, y: 300, score: Number.NaN },
  ];
  expect(play(scene, 10, [0, 2], (tS) => [...broken, ...walker(tS)]).ids).toEqual([1]);
});

test(`more than ${MAX_TRACKS} people are bounded, and every id is given once`, () => {
  const scene = new Scene();
  const crowd = Array.from({ length: 400 }, (_, k) => ({ x: 50 * (k % 20), y: 100 + 25 * Math.floor(k / 20) }));
  const seen = play(scene, 10, [0, 1], () => crowd);
  expect(seen.ids.length).toBeLessThanOrEqual(MAX_TRACKS);
  expect(new Set(seen.ids).size).toBe(seen.ids.length);
});

test("random walkers with dropouts and noise: ids are unique in a frame, and never come back after their end", () => {
  const random = new Random(9);
  const scene = new Scene();
  const people = Array.from({ length: 20 }, () => ({ x: random.between(0, 1000), y: random.between(150, 600) }));
  const over = new Set<number>();
  for (let frame = 0; frame < 600; frame++) {
    for (const person of people) {
      person.x = (person.x + random.between(2, 10)) % 1000;
      person.y = Math.max(150, Math.min(600, person.y + 3 * random.normal()));
    }
    const shown = people.filter(() => random.next() > 0.1);
    const seen = scene.show(
      frame / 10,
      ...shown.map(({ x, y }) => ({ x: x + 2 * random.normal(), y, score: random.next() })),
    );
    expect(new Set(seen.ids).size).toBe(seen.ids.length);
    for (const id of seen.ended) over.add(id);
    expect(seen.ids.filter((id) => over.has(id))).toEqual([]);
    expect(seen.feet.flat().every(Number.isFinite)).toBe(true);
  }
});
