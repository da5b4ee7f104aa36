import { expect, test } from "vitest";
import { Wobble } from "../../../edge-agent/tracker/wobble.ts";
import { Random } from "../../bench/quality/random.ts";

function wobbleOf(pictures: number, boxAt: (k: number) => readonly number[]): number {
  const wobble = new Wobble(3);
  wobble.start(2);
  for (let k = 0; k < pictures; k++) wobble.add(2, Float32Array.from([0, 0, 0, 0, ...boxAt(k)]), 4);
  return wobble.of(2);
}

test("who walks evenly does not wobble, however fast", () => {
  expect(wobbleOf(20, (k) => [10 * k, 5 * k, 10 * k + 40, 5 * k + 100])).toBe(0);
});

test.each([1, 4, 10])("a wobble of %d pixels is measured, standing or walking", (pixels) => {
  const random = new Random(5);
  for (const step of [0, 12]) {
    const shaken = (value: number) => value + pixels * random.normal();
    const measured = wobbleOf(400, (k) => {
      const x = shaken(step * k);
      return [x - 20, shaken(100), x + 20, shaken(300)];
    });
    expect(measured / pixels).toBeGreaterThan(0.65);
    expect(measured / pixels).toBeLessThan(1.35);
  }
});

test("the first boxes tell nothing", () => {
  expect(wobbleOf(4, () => [0, 0, 40, 100])).toBe(Number.POSITIVE_INFINITY);
  expect(wobbleOf(5, () => [0, 0, 40, 100])).toBe(0);
});

test("a new track does not inherit the wobble of the slot's former one", () => {
  const wobble = new Wobble(1);
  const show = (boxes: readonly number[][]) => {
    wobble.start(0);
    for (const box of boxes) wobble.add(0, Float32Array.from(box), 0);
  };
  show(Array.from({ length: 20 }, (_, k) => [30 * (k % 2), 0, 40, 100]));
  show(Array.from({ length: 6 }, () => [500, 300, 540, 400]));
  expect(wobble.of(0)).toBe(0);
});
