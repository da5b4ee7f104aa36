import { expect, test } from "vitest";
import { detectionsOf, type Person, Scene } from "./scene.ts";

const FPS = 10;
const walker = (k: number, score: number): Person => ({ x: 100 + 12 * k, y: 300, score });

function show(scene: Scene, pictures: number, people: (k: number) => readonly Person[]) {
  return Array.from({ length: pictures }, (_, k) => scene.show(k / FPS, ...people(k)));
}

test("who is only found at a low score is believed after 2.5 s of it, and has the past since then", () => {
  const scene = new Scene();
  const seen = show(scene, 40, (k) => [walker(k, 0.55)]);
  const first = seen.findIndex(({ ids }) => ids.length > 0);
  expect(first).toBeGreaterThanOrEqual(24);
  expect(first).toBeLessThanOrEqual(26);
  expect(new Set(seen.flatMap(({ ids }) => ids))).toEqual(new Set([1]));
});

test("the past of who was doubted begins with the first low score", () => {
  const scene = new Scene();
  const past: number[] = [];
  for (let k = 0; k < 40; k++) {
    const { count, atS } = scene.tracker.update(detectionsOf([walker(k, 0.55)]), k / FPS).past;
    past.push(...atS.subarray(0, count));
  }
  expect(past[0]).toBe(0);
});

test.each([
  {
    name: "who was surely seen is still the same after a picture in which the model is not sure",
    scores: [0.55, 0.9, 0.15],
    bornS: 0,
  },
  { name: "who was not is somebody new", scores: [0.55, 0.55, 0.15], bornS: 0.3 },
])("$name", ({ scores, bornS }) => {
  const scene = new Scene();
  const past: number[] = [];
  for (let k = 0; k < 20; k++) {
    const { count, atS } = scene.tracker.update(detectionsOf([walker(k, scores[k] ?? 0.9)]), k / FPS).past;
    past.push(...atS.subarray(0, count));
  }
  expect(past[0]).toBeCloseTo(bornS);
});

test("a low score now and then is nobody", () => {
  const scene = new Scene();
  const seen = show(scene, 200, (k) => (k % 20 < 10 ? [walker(k % 20, 0.55)] : []));
  expect(seen.flatMap(({ ids }) => ids)).toEqual([]);
});

test("half a person beside the whole one is not somebody else", () => {
  const scene = new Scene();
  const seen = show(scene, 80, (k) => [walker(k, 0.9), { ...walker(k, 0.55), y: 270 }]);
  expect(Math.max(...seen.map(({ ids }) => ids.length))).toBe(1);
});

test("who is doubted takes nothing from somebody who comes out of hiding", () => {
  const scene = new Scene();
  const seen = show(scene, 60, (k) => (k < 20 || k >= 30 ? [walker(k, 0.9)] : [{ x: 460, y: 420, score: 0.55 }]));
  expect(new Set(seen.flatMap(({ ids }) => ids))).toEqual(new Set([1]));
});
