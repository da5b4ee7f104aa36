import { describe, expect, test } from "vitest";
import { Random } from "../tracker/random.ts";
import { LINE, Stream } from "./stream.ts";

/** x at each corner of a way, joined by straight stretches: `[seconds, x]`. */
const way =
  (...corners: readonly (readonly [number, number])[]) =>
  (tS: number): number => {
    const next = corners.findIndex(([atS]) => atS > tS);
    if (next <= 0) return corners.at(next)![1];
    const [fromS, fromX] = corners[next - 1]!;
    const [toS, toX] = corners[next]!;
    return fromX + ((toX - fromX) * (tS - fromS)) / (toS - fromS);
  };

const CASES = [
  { name: "from left to right is in", path: way([0, 400], [3, 600]), out: ["in"] },
  { name: "from right to left is out", path: way([0, 600], [3, 400]), out: ["out"] },
  { name: "up to the line and back is nothing", path: way([0, 400], [2, 498], [4, 400]), out: [] },
  { name: "a foot's breadth over the line and back is nothing", path: way([0, 400], [2, 506], [4, 400]), out: [] },
  {
    name: "a stop on the line on the way is one crossing",
    path: way([0, 400], [2, 500], [20, 502], [22, 600]),
    out: ["in"],
  },
  { name: "a quick U-turn is nothing", path: way([0, 400], [1, 500], [1.4, 560], [1.8, 500], [3, 400]), out: [] },
  { name: "a slow return counts both ways", path: way([0, 400], [2, 600], [8, 600], [10, 400]), out: ["in", "out"] },
  {
    name: "in, out at once, and in again is one in",
    path: way([0, 400], [1, 500], [1.4, 560], [1.8, 500], [2.4, 400], [4, 400], [6, 600]),
    out: ["in"],
  },
  {
    name: "appearing at the line and walking away is a crossing",
    path: way([0, 494], [2, 506], [4, 600]),
    out: ["in"],
  },
  { name: "appearing beyond the line is none", path: way([0, 506], [1, 520], [3, 600]), out: [] },
] as const;

describe.each([5, 7, 10, 25])("at %d pictures per second", (fps) => {
  test.each(CASES)("$name", ({ path, out }) => {
    expect(new Stream().walk(path, 25, fps).finish().directions).toEqual(out);
  });
});

test("the crossing is dated to the moment on the line, between two pictures", () => {
  const { events } = new Stream().walk((tS) => 400 + 70 * tS, 6, 5).finish();
  expect(events).toMatchObject([{ kind: "crossing", lineId: "door", trackId: 1, direction: "in" }]);
  expect(events[0]).toHaveProperty("atS", expect.closeTo(100 / 70, 5));
});

test("a crossing is published when it can no longer be taken back, and once", () => {
  const stream = new Stream().walk((tS) => 400 + 100 * tS, 2.3);
  expect(stream.directions).toEqual([]);
  expect(stream.walk((tS) => 640 + 100 * tS, 0.1).directions).toEqual([]);
  stream.show(2.5, [{ id: 1, x: 650 }]);
  expect(stream.finish().directions).toEqual(["in"]);
});

test("a track that ends publishes what it holds at once", () => {
  const stream = new Stream().walk((tS) => 400 + 100 * tS, 1.8);
  stream.show(1.9, [], [1]);
  expect(stream.directions).toEqual(["in"]);
});

test("passing beside the end of the line is none", () => {
  const stream = new Stream({ lines: [{ ...LINE, from: [0.5, 0.4], to: [0.5, 0] }] });
  expect(stream.walk((tS) => 400 + 50 * tS, 4).finish().directions).toEqual([]);
});

test("going round the end of the line and back through it counts the way through it", () => {
  const stream = new Stream({ lines: [{ ...LINE, from: [0.5, 0.4], to: [0.5, 0] }] });
  for (let frame = 0; frame <= 40; frame++) stream.show(frame / 10, [{ id: 1, x: 400 + 5 * frame, y: 500 }]);
  for (let frame = 0; frame <= 40; frame++) stream.show(4.1 + frame / 10, [{ id: 1, x: 600, y: 500 - 5 * frame }]);
  for (let frame = 0; frame <= 40; frame++) stream.show(8.2 + frame / 10, [{ id: 1, x: 600 - 5 * frame, y: 300 }]);
  expect(stream.finish().directions).toEqual(["out"]);
});

/** People who stand about the line for 20 s, each seen with noise and now and then for one frame on the far side. */
function loiter({ noise, offset, fps }: { noise: number; offset: number; fps: number }): number {
  const random = new Random(7);
  let counted = 0;
  for (let person = 0; person < 1000; person++) {
    const stream = new Stream();
    stream.walk(
      () => {
        const flicker = random.next() < 0.03 ? -2 * offset - Math.sign(offset) * 30 : 0;
        return 500 + offset + flicker + noise * random.normal();
      },
      20,
      fps,
    );
    counted += stream.finish().directions.length;
  }
  return counted;
}

test.each([
  { offset: 0.001, noise: 4, fps: 10 },
  { offset: -5, noise: 3, fps: 10 },
  { offset: 12, noise: 3, fps: 10 },
  { offset: -20, noise: 4, fps: 10 },
  { offset: 30, noise: 2, fps: 7 },
])("1,000 loiterers $offset px beside the line, noise $noise px, 3 % flicker, $fps fps: no count", (crowd) => {
  expect(loiter(crowd)).toBe(0);
});

test.each([5, 7, 10, 25])(
  "1,000 crossings with 10 %% dropout at %d fps: at least 99 %% in the right direction",
  (fps) => {
    const random = new Random(11);
    let right = 0;
    let wrong = 0;
    for (let person = 0; person < 1000; person++) {
      const speed = random.between(40, 140) * (person % 2 ? 1 : -1);
      const startS = random.between(1.5, 3);
      const path = (tS: number) =>
        random.next() < 0.1 ? undefined : 500 + speed * (tS - startS) + 2 * random.normal();
      const { directions } = new Stream().walk(path, startS + 2, fps).finish();
      const expected = speed > 0 ? "in" : "out";
      if (directions.includes(expected)) right++;
      wrong += directions.length - (directions.includes(expected) ? 1 : 0);
    }
    expect(right).toBeGreaterThanOrEqual(990);
    expect(wrong).toBe(0);
  },
);

test("on any walk, in and out alternate, and their difference is where the walker ended", () => {
  const random = new Random(13);
  for (let round = 0; round < 300; round++) {
    let x = 450;
    let speed = 0;
    const path = () => {
      speed = 0.9 * speed + 3 * random.normal();
      x = Math.max(350, Math.min(650, x + speed));
      return x;
    };
    const stream = new Stream().walk((tS) => (tS < 1 ? 440 : tS > 39 ? undefined : path()), 40);
    const settled = x < 490 || x > 510;
    const { directions } = stream.finish();
    directions.forEach((direction, i) => {
      expect(direction).toBe(i % 2 === 0 ? "in" : "out");
    });
    if (settled && Math.abs(x - 500) > 60) expect(directions.length % 2).toBe(x > 500 ? 1 : 0);
  }
});
