import { expect, test } from "vitest";
import { CountingLine } from "../../../edge-agent/counter/line/counting-line.ts";

const PICTURE = { width: 1000, height: 500 };
const foot = (x: number, y: number, height = 100) => ({ x, y, height });

/** From 200, 400 to 600, 100: slanted, away from the corners, 500 pixels long. */
const SLANTED = new CountingLine(
  { id: "door", from: [0.2, 0.8], to: [0.6, 0.2], bandRatio: 0.07, confirmS: 0.4, uTurnS: 1 },
  PICTURE,
);

test.each([
  { at: foot(400, 250), heights: 0 },
  // 60 pixels to the right hand of its direction, which is (0.8, -0.6).
  { at: foot(400 + 36, 250 + 48), heights: 0.6 },
  { at: foot(400 - 36, 250 - 48), heights: -0.6 },
  { at: foot(200 + 36, 400 + 48), heights: 0.6 },
  { at: foot(400 + 36, 250 + 48, 30), heights: 2 },
  // Beyond its end the endless line decides.
  { at: foot(680 + 36, 40 + 48), heights: 0.6 },
])("a foot at $at.x, $at.y is $heights heights off a slanted line", ({ at, heights }) => {
  expect(SLANTED.distance(at)).toBeCloseTo(heights, 9);
});

/** The ways cross the line at right angles, at that share of its length. */
test.each([
  { share: -0.01, isMet: false },
  { share: 0.01, isMet: true },
  { share: 0.5, isMet: true },
  { share: 0.99, isMet: true },
  { share: 1.01, isMet: false },
])("a way over the line at $share of its length: met $isMet", ({ share, isMet }) => {
  const [x, y] = [200 + 400 * share, 400 - 300 * share];
  expect(SLANTED.isMetOnTheWay(x - 36, y - 48, foot(x + 36, y + 48))).toBe(isMet);
  expect(SLANTED.isMetOnTheWay(x + 36, y + 48, foot(x - 36, y - 48))).toBe(isMet);
});

test("the very ends belong to the line", () => {
  const upright = new CountingLine(
    { id: "door", from: [0.5, 0.2], to: [0.5, 0.8], bandRatio: 0.07, confirmS: 0.4, uTurnS: 1 },
    PICTURE,
  );
  expect(upright.isMetOnTheWay(480, 100, foot(520, 100))).toBe(true);
  expect(upright.isMetOnTheWay(480, 400, foot(520, 400))).toBe(true);
});
