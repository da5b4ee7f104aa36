import { expect, test } from "vitest";
import { UsualSize } from "../../../edge-agent/tracker/usual-size.ts";
import { Random } from "../../bench/quality/random.ts";

/** Height by foot on a floor that begins at `top`, of a camera that sees `slope` of it. */
const heightAt = (foot: number, slope = 0.8, top = 0.2) => slope * (foot - top);

interface Walkers {
  readonly people: number;
  readonly seed?: number;
  /** Share of people of any size. */
  readonly wild?: number;
  readonly slope?: number;
}

function watch(usual: UsualSize, { people, seed = 1, wild = 0, slope = 0.8 }: Walkers): void {
  const random = new Random(seed);
  for (let person = 0; person < people; person++) {
    const own = random.next() < wild ? random.between(0.2, 4) : Math.exp(0.08 * random.normal());
    const x = random.next();
    for (let step = 0; step < 8; step++) {
      const foot = random.between(0.35, 0.95);
      usual.learn({ x, foot, height: own * heightAt(foot, slope) * Math.exp(0.04 * random.normal()) }, step === 0);
    }
  }
}

const at = (foot: number, times: number, x = 0.5) => ({ x, foot, height: times * heightAt(foot) });

test("nothing is odd before thirty people were seen", () => {
  const usual = new UsualSize(2);
  watch(usual, { people: 29 });
  expect(usual.isOdd(at(0.6, 5))).toBe(false);
  watch(usual, { people: 1, seed: 2 });
  expect(usual.isOdd(at(0.6, 5))).toBe(true);
});

test("one person who paces all day teaches nothing of people", () => {
  const usual = new UsualSize(2);
  for (let k = 0; k < 5000; k++) usual.learn(at(0.4 + 0.5 * ((k % 50) / 50), 1), k === 0);
  expect(usual.isOdd(at(0.6, 5))).toBe(false);
});

test.each([1, 2, 3, 4, 5])("near and far, what is twice as high is odd, and people of any size are not: %d", (seed) => {
  const usual = new UsualSize(2);
  watch(usual, { people: 80, seed, wild: 0.15 });
  for (const x of [0.1, 0.5, 0.9]) {
    for (const foot of [0.35, 0.5, 0.7, 0.95]) {
      for (const times of [0.4, 0.6, 1, 1.3, 1.6]) expect(usual.isOdd(at(foot, times, x)), `${times}`).toBe(false);
      expect(usual.isOdd(at(foot, 2.5, x))).toBe(true);
    }
  }
});

test("where the floor was never walked on up to the horizon, people up there are not odd", () => {
  const usual = new UsualSize(2);
  watch(usual, { people: 80 });
  expect(usual.isOdd({ x: 0.5, foot: 0.21, height: heightAt(0.35) })).toBe(false);
});

test("sizes that have no order say nothing", () => {
  const usual = new UsualSize(2);
  watch(usual, { people: 200, wild: 1 });
  expect(usual.isOdd(at(0.6, 5))).toBe(false);
});

test("after the camera was moved nobody is odd for longer than four people need to walk by", () => {
  const usual = new UsualSize(2);
  watch(usual, { people: 200 });
  expect(usual.isOdd(at(0.6, 3))).toBe(true);
  watch(usual, { people: 4, seed: 2, slope: 2.4 });
  expect(usual.isOdd(at(0.6, 3))).toBe(false);
  watch(usual, { people: 60, seed: 3, slope: 2.4 });
  expect(usual.isOdd(at(0.6, 3))).toBe(false);
  expect(usual.isOdd(at(0.6, 8))).toBe(true);
});
