import { describe, expect, test } from "vitest";
import type { LineConfig } from "../../../firmware-config/config/geometry.ts";
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
  {
    name: "standing on the line while the box wobbles over it for some seconds is nothing",
    path: way([0, 400], [2, 508], [5, 510], [5.5, 490], [12, 490], [14, 400]),
    out: [],
  },
  {
    name: "standing beyond the line for long, and back, counts both ways",
    path: way([0, 400], [2, 508], [20, 510], [20.5, 490], [22, 400]),
    out: ["in", "out"],
  },
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

/** How many walk; a mutation run, which walks them thousands of times, takes fewer. */
const CROWD = Number(process.env.KAZOE_CROWD ?? 1000);

/** People who stand about the line for 20 s, each seen with noise and now and then for one frame on the far side. */
function loiter({ noise, offset, fps }: { noise: number; offset: number; fps: number }): number {
  const random = new Random(7);
  let counted = 0;
  for (let person = 0; person < CROWD; person++) {
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
    for (let person = 0; person < CROWD; person++) {
      const speed = random.between(40, 140) * (person % 2 ? 1 : -1);
      const startS = random.between(1.5, 3);
      const path = (tS: number) =>
        random.next() < 0.1 ? undefined : 500 + speed * (tS - startS) + 2 * random.normal();
      const { directions } = new Stream().walk(path, startS + 2, fps).finish();
      const expected = speed > 0 ? "in" : "out";
      if (directions.includes(expected)) right++;
      wrong += directions.length - (directions.includes(expected) ? 1 : 0);
    }
    expect(right).toBeGreaterThanOrEqual(0.99 * CROWD);
    expect(wrong).toBe(0);
  },
);

test("on any walk, in and out alternate, and their difference is where the walker ended", () => {
  const random = new Random(13);
  for (let round = 0; round < 0.3 * CROWD; round++) {
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

/** Walks along points `[seconds, x]`, seen at these alone. */
function seenAt(line: LineConfig, points: readonly (readonly [number, number])[]): string[] {
  const stream = new Stream({ lines: [line] });
  for (const [tS, x] of points) stream.show(tS, [{ id: 1, x }]);
  return stream.finish().directions;
}

/** `count` sights at x from `fromS` on, `stepS` apart. */
const stand = (fromS: number, x: number, count: number, stepS = 0.125) =>
  Array.from({ length: count }, (_, i) => [fromS + stepS * i, x] as const);

/** Times in eighths of a second are exact in binary. */
const EIGHTHS: LineConfig = { ...LINE, confirmS: 0.5 };

describe("how long a side must be seen", () => {
  const toRight = (count: number) => [...stand(0, 400, 9), ...stand(1.125, 600, count), ...stand(9, 400, 9)];
  test.each([
    { name: "confirmS is enough", points: toRight(5), out: ["in", "out"] },
    { name: "a moment less is not", points: toRight(4), out: [] },
  ])("whose side is sure: $name", ({ points, out }) => {
    expect(seenAt(EIGHTHS, points)).toEqual(out);
  });

  const appearedAtLine = (count: number) => [...stand(0, 496, 9), ...stand(1.125, 600, count), ...stand(9, 400, 30)];
  test.each([
    { name: "twice confirmS is enough", points: appearedAtLine(9), out: ["in", "out"] },
    { name: "a moment less is not", points: appearedAtLine(8), out: [] },
    { name: "confirmS is not", points: appearedAtLine(5), out: [] },
  ])("who appeared at the line, and is unsure: $name", ({ points, out }) => {
    expect(seenAt(EIGHTHS, points)).toEqual(out);
  });

  test.each([
    { name: "for confirmS is on the side", count: 5, out: ["in"] },
    { name: "for a moment less is on none", count: 4, out: [] },
  ])("who appears in the band $name", ({ count, out }) => {
    expect(seenAt(EIGHTHS, [...stand(0, 496, count), ...stand(0.125 * count, 600, 30)])).toEqual(out);
  });

  const sureOf = (count: number) => [
    ...stand(0, 496, 5),
    ...stand(0.625, 480, count),
    ...stand(5, 600, 5),
    ...stand(9, 400, 30),
  ];
  test.each([
    { name: "after confirmS beyond the band on its own side it is sure", points: sureOf(5), out: ["in", "out"] },
    { name: "not a moment earlier", points: sureOf(4), out: [] },
  ])("an unsure side: $name", ({ points, out }) => {
    expect(seenAt(EIGHTHS, points)).toEqual(out);
  });

  test("a rounding error of the time does not lengthen it, a tenth of a millisecond does", () => {
    const until = (lastS: number) => [...stand(0, 400, 9, 0.05), [0.7, 600], [lastS, 600], [5, 400], [6, 400]] as const;
    expect(0.7 + 0.4 - 0.7).toBeLessThan(0.4 + 1e-9);
    expect(1.1 - 0.7).not.toBe(0.4);
    expect(seenAt(LINE, until(1.1))).toEqual(["in", "out"]);
    expect(seenAt(LINE, until(1.0999))).toEqual([]);
    const rounded = [...stand(0, 400, 9, 0.05), [0.3, 600], [0.7, 600], [5, 400], [6, 400]] as const;
    const early = rounded.filter(([tS, x]) => x === 600 || tS < 0.3 || tS > 1);
    expect(0.7 - 0.3).toBeLessThan(0.4);
    expect(seenAt({ ...LINE, confirmS: 0.4 }, early)).toEqual(["out"]);
  });
});

describe("the band and the bare line", () => {
  test("its rim belongs to the band", () => {
    expect(seenAt(EIGHTHS, [...stand(0, 400, 9), ...stand(2, 507, 40)])).toEqual([]);
    expect(seenAt(EIGHTHS, [...stand(0, 400, 9), ...stand(2, 507.5, 40)])).toEqual(["in"]);
    expect(seenAt(EIGHTHS, [...stand(0, 600, 9), ...stand(2, 493, 40)])).toEqual([]);
    expect(seenAt(EIGHTHS, [...stand(0, 600, 9), ...stand(2, 492.5, 40)])).toEqual(["out"]);
  });

  test("a sight in the band breaks the row", () => {
    const broken = [...stand(2, 600, 4), ...stand(2.5, 505, 1), ...stand(2.625, 600, 4), ...stand(9, 400, 9)];
    expect(seenAt(EIGHTHS, [...stand(0, 400, 9), ...broken])).toEqual([]);
  });

  test("a foot on the bare line stands on its left", () => {
    expect(seenAt(EIGHTHS, [...stand(0, 500, 9), ...stand(2, 600, 9)])).toEqual(["in"]);
    expect(seenAt(EIGHTHS, [...stand(0, 500, 9), ...stand(2, 400, 9)])).toEqual([]);
  });

  test("the row on a side begins where the foot came over the bare line", () => {
    expect(seenAt(EIGHTHS, [...stand(0, 496, 3), ...stand(0.375, 504, 4), ...stand(0.875, 400, 30)])).toEqual([]);
    expect(seenAt(EIGHTHS, [...stand(0, 496, 3), ...stand(0.375, 504, 5), ...stand(1, 400, 30)])).toEqual(["out"]);
  });
});

describe("a crossing that is held", () => {
  /** Passes the line at exactly 1 s. */
  const passed = [...stand(0, 400, 7), [0.875, 475], [1.125, 525], ...stand(1.25, 600, 4)] as const;
  const heldUntil = (tS: number) => {
    const stream = new Stream({ lines: [EIGHTHS] });
    for (const [seenS, x] of passed) stream.show(seenS, [{ id: 1, x }]);
    stream.show(tS, [{ id: 1, x: 600 }]);
    return stream.directions;
  };

  test("is dated 1 s and published once uTurnS and confirmS have passed, not with them", () => {
    expect(heldUntil(2.375)).toEqual([]);
    expect(heldUntil(2.5)).toEqual([]);
    expect(heldUntil(2.625)).toEqual(["in"]);
  });

  const back = (atS: number) => [
    ...passed,
    ...stand(1.75, 600, Math.round((atS - 0.125 - 1.75) * 8)),
    ...[[atS - 0.125, 525] as const, [atS + 0.125, 475] as const],
    ...stand(atS + 0.25, 400, 9),
  ];
  test("is taken back by a return after uTurnS, not by one a moment later", () => {
    const line = { ...EIGHTHS, confirmS: 0.375 };
    expect(seenAt(line, back(2))).toEqual([]);
    expect(seenAt(line, back(2.125))).toEqual(["in", "out"]);
  });

  test("is published, not forgotten, when the next is held before it", () => {
    const sparse = { ...EIGHTHS, confirmS: 0, uTurnS: 1 };
    expect(
      seenAt(sparse, [
        [0, 400],
        [1, 600],
        [4, 400],
        [7, 600],
      ]),
    ).toEqual(["in", "out", "in"]);
  });
});

test("a track that takes the place of another inherits nothing of it", () => {
  const stream = new Stream({ lines: [EIGHTHS] });
  const show = (id: number, points: readonly (readonly [number, number])[]) => {
    for (const [tS, x] of points) stream.show(tS, [{ id, x }]);
  };
  show(1, stand(0, 400, 9));
  stream.show(1.25, [], [1]);
  show(2, stand(1.5, 600, 20));
  stream.show(4.25, [], [2]);
  show(3, [...stand(4.5, 600, 3), ...stand(4.875, 400, 20)]);
  stream.show(7.5, [], [3]);
  show(4, [...stand(8, 496, 3)]);
  stream.show(8.5, [], [4]);
  show(5, [...stand(9, 400, 9), ...stand(10.125, 600, 5)]);
  expect(stream.finish().directions).toEqual(["in"]);
  expect(stream.events).toMatchObject([{ trackId: 5 }]);
});

test("what was published is in the line's own sums", () => {
  const stream = new Stream().walk(way([0, 400], [2, 600], [8, 600], [10, 400], [12, 400]), 12).finish();
  expect(stream.counter.totals().lines).toEqual([{ id: "door", in: 1, out: 1 }]);
});

test("the way over the line begins where the track last was on its side, across as well as down", () => {
  const stream = new Stream({ lines: [{ ...LINE, from: [0.5, 0.4], to: [0.5, 0] }] });
  for (let frame = 0; frame <= 10; frame++) stream.show(frame / 10, [{ id: 1, x: 480, y: 500 }]);
  for (let frame = 0; frame <= 20; frame++) stream.show(1.1 + frame / 10, [{ id: 1, x: 600, y: 300 }]);
  expect(stream.finish().directions).toEqual([]);
});
