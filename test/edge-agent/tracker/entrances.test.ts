import { expect, test } from "vitest";
import { Tracker } from "../../../edge-agent/tracker/tracker.ts";
import type { Point } from "../../../firmware-config/config/geometry.ts";
import { Random } from "../../bench/quality/random.ts";
import { CONFIG, detectionsOf, type Person } from "./scene.ts";

const VIEW = { width: 1000, height: 600 };
const square = (left: number, top: number, right: number, bottom: number): readonly Point[] => [
  [left, top],
  [right, top],
  [right, bottom],
  [left, bottom],
];
/** The left tenth of the picture. */
const DOOR = { polygon: square(0, 0, 0.1, 1) };
const FPS = 10;

interface Report {
  readonly ids: ReadonlySet<number>;
  readonly firstS: number;
  readonly pastFromS: number;
  readonly all: string;
}

/** Shows people from second 20 on, after an empty picture at 0; what was reported. */
function report(
  entries: readonly { readonly polygon: readonly Point[] }[],
  toS: number,
  show: (tS: number) => Person[],
): Report {
  const tracker = new Tracker(CONFIG, { ...VIEW, entries });
  const ids = new Set<number>();
  let [firstS, pastFromS, all] = [Number.NaN, Number.NaN, ""];
  for (let k = 0; k < toS * FPS; k++) {
    const tracks = tracker.update(detectionsOf(show(k / FPS)), k / FPS);
    if (tracks.count > 0 && ids.size === 0) firstS = k / FPS;
    if (tracks.past.count > 0 && Number.isNaN(pastFromS)) pastFromS = tracks.past.atS[0]!;
    for (const id of tracks.ids.subarray(0, tracks.count)) ids.add(id);
    all += `${[...tracks.ids.subarray(0, tracks.count)]}|${[...tracks.boxes.subarray(0, 4 * tracks.count)]}\n`;
  }
  return { ids, firstS, pastFromS, all };
}

const walk = (fromX: number, speed: number, fromS: number, toS: number) => (tS: number) =>
  tS < fromS || tS > toS ? [] : [{ x: fromX + speed * (tS - fromS), y: 300 }];

test("who comes in by the door is reported like anywhere", () => {
  const show = walk(20, 100, 20, 28);
  expect(report([DOOR], 30, show).all).toBe(report([], 30, show).all);
});

test("who only appears in the middle is nobody", () => {
  expect(report([DOOR], 30, walk(500, 40, 20, 28)).ids.size).toBe(0);
});

test("who appears in the middle and leaves by the door was there since the birth of the track", () => {
  const { ids, firstS, pastFromS } = report([DOOR], 30, walk(500, -60, 20, 28));
  expect(ids.size).toBe(1);
  expect(pastFromS).toBe(20);
  expect(firstS).toBeGreaterThan(26);
});

test("who is there when the camera starts came in before", () => {
  expect(report([DOOR], 10, walk(500, 40, 2, 9)).ids.size).toBe(1);
});

test("after a pause in which nobody watched, all may be there", () => {
  const tracker = new Tracker(CONFIG, { ...VIEW, entries: [DOOR] });
  const seen = (fromS: number) =>
    Array.from(
      { length: 30 },
      (_, k) => tracker.update(detectionsOf([{ x: 400 + 8 * k, y: 300 }]), fromS + k / FPS).count,
    );
  for (let k = 0; k < 300; k++) tracker.update(detectionsOf([]), k / FPS);
  expect(Math.max(...seen(30))).toBe(0);
  expect(Math.max(...seen(90))).toBe(1);
});

test("who was lost in the middle is found again near there, once", () => {
  const lost = walk(20, 100, 20, 25);
  const again = (fromS: number, x: number) => walk(x, 40, fromS, fromS + 4);
  const both = (second: (tS: number) => Person[]) => report([DOOR], 70, (tS) => [...lost(tS), ...second(tS)]).ids.size;
  expect(both(again(32, 600))).toBe(2);
  expect(both(again(32, 300))).toBe(1);
  expect(both(again(60, 600))).toBe(1);
  expect(both((tS) => [...again(32, 600)(tS), ...again(40, 300)(tS)])).toBe(2);
});

test("with an entry everywhere, whatever walks in is reported as without any", () => {
  for (let seed = 1; seed <= 30; seed++) {
    const random = new Random(seed);
    const people = Array.from({ length: 4 }, () => {
      const fromS = 15 * random.next();
      return walk(1000 * random.next(), 200 * (random.next() - 0.5), fromS, fromS + 8 * random.next());
    });
    const show = (tS: number) => people.flatMap((person) => person(tS));
    expect(report([{ polygon: square(0, 0, 1, 1) }], 25, show).all).toBe(report([], 25, show).all);
  }
});

test("whatever walks, entries never report anybody whom their lack would not", () => {
  for (let seed = 1; seed <= 30; seed++) {
    const random = new Random(100 + seed);
    const people = Array.from({ length: 5 }, () => {
      const fromS = 30 * random.next();
      return walk(1000 * random.next(), 200 * (random.next() - 0.5), fromS, fromS + 10 * random.next());
    });
    const show = (tS: number) => people.flatMap((person) => person(tS));
    expect(report([DOOR], 45, show).ids.size).toBeLessThanOrEqual(report([], 45, show).ids.size);
  }
});
