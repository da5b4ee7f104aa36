import { expect, test } from "vitest";
import { type Person, Scene } from "./scene.ts";

const FPS = 10;
const SIGN: Person = { x: 500, y: 300, score: 0.55 };

/** A sign that is found at low scores, and later somebody or something before it. */
function watch(scene: Scene, people: (k: number) => readonly Person[], pictures: number): Set<number> {
  const ids = new Set<number>();
  for (let k = 0; k < 150; k++) scene.show(k / FPS, SIGN);
  for (let k = 0; k < pictures; k++) for (const id of scene.show(15 + k / FPS, ...people(k)).ids) ids.add(id);
  return ids;
}

test.each([8, 12, 16])(
  "a box of a passer-by and a sign together, which then is that of the sign, is nobody: %d",
  (aside) => {
    const slide = (k: number) => Math.max(0, 1 - (k - 6) / 12);
    const merged = (k: number) => ({ x: 500 - aside * slide(k), y: 300 - 10 * slide(k), score: k < 9 ? 0.9 : 0.55 });
    expect(watch(new Scene({ stillS: 10 }), (k) => (k < 6 ? [] : [merged(k)]), 300)).toEqual(new Set());
  },
);

test("who comes out from behind a sign is somebody", () => {
  const ids = watch(new Scene({ stillS: 10 }), (k) => [SIGN, ...(k < 6 ? [] : [{ x: 500 + 8 * (k - 6), y: 310 }])], 40);
  expect(ids.size).toBe(1);
});

test("who stands before the sign and hides it, and then walks on, is somebody", () => {
  const ids = watch(
    new Scene({ stillS: 10 }),
    (k) => (k < 40 ? [{ x: 500, y: 305 }] : [SIGN, { x: 500 + 8 * (k - 40), y: 305 }]),
    80,
  );
  expect(ids.size).toBe(1);
});
