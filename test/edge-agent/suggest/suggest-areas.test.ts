import { expect, test } from "vitest";
import { drawAreas } from "../../../edge-agent/suggest/draw-areas.ts";
import { hullOf } from "../../../edge-agent/suggest/hull.ts";
import type { Life } from "../../../edge-agent/suggest/lives.ts";
import { suggestAreas } from "../../../edge-agent/suggest/suggest-areas.ts";
import { polygonContains } from "../../../edge-agent/tracker/polygon.ts";
import type { Point } from "../../../firmware-config/config/geometry.ts";
import { polygonFault } from "../../../firmware-config/config/polygon-fault.ts";
import { Random } from "../../bench/quality/random.ts";

const PICTURE = { width: 1000, height: 600 };
const life = (born: Point, end: Point, times: { bornS: number; endS: number }): Life => ({
  ...times,
  bornX: born[0],
  bornY: born[1],
  endX: end[0],
  endY: end[1],
  height: 100,
  way: Math.hypot(end[0] - born[0], end[1] - born[1]),
});
const holds = (polygon: readonly Point[], x: number, y: number) =>
  polygonContains(Float64Array.from(polygon.flatMap(([px, py]) => [px * 1000, py * 600])), x, y);

/** Twenty people from the door at the left to the corner at the right, and back; one who appears in the middle. */
function shop(seed: number): readonly Life[] {
  const random = new Random(seed);
  const near = (x: number, y: number): Point => [x + 15 * random.normal(), y + 15 * random.normal()];
  const walks = Array.from({ length: 20 }, (_, k) => {
    const times = { bornS: 10 + 20 * k, endS: 25 + 20 * k };
    return k % 2 === 0 ? life(near(60, 300), near(900, 200), times) : life(near(900, 200), near(60, 300), times);
  });
  return [...walks, life([500, 400], [700, 400], { bornS: 100, endS: 110 })];
}

test("where many come and go is an entry, where one appeared is none", () => {
  const { entries, masks, walkers } = suggestAreas({ lives: shop(1), lengthS: 600, picture: PICTURE });
  expect(walkers).toBe(21);
  expect(masks).toEqual([]);
  expect(entries).toHaveLength(2);
  expect(entries.some(({ polygon }) => holds(polygon, 60, 300))).toBe(true);
  expect(entries.some(({ polygon }) => holds(polygon, 900, 200))).toBe(true);
  expect(entries.some(({ polygon }) => holds(polygon, 500, 400))).toBe(false);
});

test("what never moves for long is a mask, who stood for a moment is none", () => {
  const things = [
    life([300, 500], [302, 500], { bornS: 0, endS: 590 }),
    life([700, 500], [702, 500], { bornS: 100, endS: 130 }),
  ];
  const { masks } = suggestAreas({ lives: [...shop(1), ...things], lengthS: 600, picture: PICTURE });
  expect(masks).toHaveLength(1);
  expect(holds(masks[0]!.polygon, 300, 500)).toBe(true);
  expect(masks[0]!.weight).toBe(590);
});

test("a thing that is found now and then is one mask of all its time", () => {
  const things = Array.from({ length: 20 }, (_, k) =>
    life([300, 500], [301, 500], { bornS: 30 * k, endS: 30 * k + 10 }),
  );
  expect(suggestAreas({ lives: things, lengthS: 600, picture: PICTURE }).masks).toMatchObject([{ weight: 200 }]);
});

test("where tracks break nobody comes or goes", () => {
  const halves = Array.from({ length: 10 }, (_, k) => [
    life([60, 300], [500, 300], { bornS: 10 + 20 * k, endS: 15 + 20 * k }),
    life([560, 300], [900, 200], { bornS: 17 + 20 * k, endS: 25 + 20 * k }),
  ]);
  const { entries } = suggestAreas({ lives: halves.flat(), lengthS: 600, picture: PICTURE });
  expect(entries).toHaveLength(2);
  expect(entries.some(({ polygon }) => holds(polygon, 500, 300) || holds(polygon, 560, 300))).toBe(false);
});

test("who is there at the start and at the end came and left nowhere", () => {
  const lives = Array.from({ length: 20 }, () => life([500, 300], [800, 300], { bornS: 0, endS: 600 }));
  expect(suggestAreas({ lives, lengthS: 600, picture: PICTURE }).entries).toEqual([]);
});

test("whatever was watched, all that is proposed can stand in a configuration", () => {
  for (let seed = 1; seed <= 200; seed++) {
    const random = new Random(seed);
    const place = (): Point => [1100 * random.next() - 50, 700 * random.next() - 50];
    const lives = Array.from({ length: 3 + (seed % 120) }, () => {
      const [born, bornS] = [place(), 600 * random.next()];
      return life(born, seed % 2 === 0 ? place() : born, { bornS, endS: bornS + 300 * random.next() });
    });
    const { entries, masks } = suggestAreas({ lives, lengthS: 900, picture: PICTURE });
    const areas = [...entries, ...masks];
    expect(areas.length).toBeLessThanOrEqual(64);
    for (const { polygon } of areas) {
      expect(polygon.length).toBeLessThanOrEqual(64);
      expect({ seed, polygon, fault: polygonFault(polygon) }).toMatchObject({ fault: undefined });
      for (const [x, y] of polygon) expect(Math.min(x, y, 1 - x, 1 - y)).toBeGreaterThanOrEqual(0);
    }
  }
});

test("the hull of any spots holds each of them", () => {
  for (let seed = 1; seed <= 100; seed++) {
    const random = new Random(seed);
    const spots = Array.from({ length: 4 + (seed % 40) }, (): Point => [random.next(), random.next()]);
    const middle = spots.reduce(
      ([x, y], spot): Point => [x + spot[0] / spots.length, y + spot[1] / spots.length],
      [0, 0],
    );
    const grown = hullOf(spots).map(([x, y]) => [
      middle[0] + 1.001 * (x - middle[0]),
      middle[1] + 1.001 * (y - middle[1]),
    ]);
    const corners = Float64Array.from(grown.flat());
    for (const [x, y] of spots) expect(polygonContains(corners, x, y)).toBe(true);
  }
});

test("the picture shows each area with its id, and nobody", () => {
  const lives = shop(1);
  const svg = drawAreas({
    suggestions: suggestAreas({ lives, lengthS: 600, picture: PICTURE }),
    lives,
    picture: PICTURE,
  });
  expect(svg).toMatch(/^<svg [^>]*viewBox="0 0 1000 600"/);
  expect(svg.match(/<polygon /g)).toHaveLength(2);
  expect(svg).toMatch(/entry-1 \(\d+\)/);
  expect(svg).not.toContain("<image");
});
