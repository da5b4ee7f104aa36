import type { Scene } from "./scene.ts";
import { walk, walkAndStop } from "./scene.ts";

/** A scene and what has to be counted at a line through the middle, left to right: downwards is in. */
export interface Judged {
  readonly name: string;
  readonly scene: Scene;
  readonly in: number;
  readonly out: number;
  /** Differences that are known and borne. */
  readonly missed?: number;
}

const WHITE = [225, 225, 230] as const;
const BLACK = [22, 22, 26] as const;
const RED = [170, 40, 40] as const;
const CLOTHES = [[60, 70, 140], WHITE, RED, BLACK, [40, 110, 60], [200, 170, 90]] as const;

const down = (x: number, startS: number, seconds = 1.6) => walk([x, -0.15], [x, 1.15], startS, seconds);
const up = (x: number, startS: number, seconds = 1.6) => walk([x, 1.15], [x, -0.15], startS, seconds);

/** Eight people one by one, in turns down and up, in other clothes. */
const oneByOne = (change: Partial<Scene>, width = 0.26): Scene => ({
  seconds: 34,
  walkers: Array.from({ length: 8 }, (_, i) => ({
    at: (i % 2 === 0 ? down : up)(0.3 + 0.05 * i, 3 + 4 * i - 1.2),
    width,
    clothes: CLOTHES[i % CLOTHES.length]!,
  })),
  ...change,
});

export const SCENES: readonly Judged[] = [
  { name: "one by one", scene: oneByOne({}), in: 4, out: 4 },
  { name: "one by one, 5 fps", scene: oneByOne({ fps: 5 }), in: 4, out: 4 },
  { name: "one by one, 25 fps", scene: oneByOne({ fps: 25 }), in: 4, out: 4 },
  { name: "small people", scene: oneByOne({}, 0.14), in: 4, out: 4 },
  { name: "tall people", scene: oneByOne({}, 0.4), in: 4, out: 4 },
  { name: "wide picture", scene: oneByOne({ picture: { width: 1280, height: 720 } }, 0.18), in: 4, out: 4 },
  { name: "upright picture", scene: oneByOne({ picture: { width: 480, height: 640 } }, 0.35), in: 4, out: 4 },
  { name: "dark floor", scene: oneByOne({ floor: [60, 20, 15], pattern: 4 }), in: 4, out: 4 },
  { name: "bright floor", scene: oneByOne({ floor: [205, 200, 195] }), in: 4, out: 4 },
  { name: "much noise", scene: oneByOne({ noise: 5 }), in: 4, out: 4 },
  { name: "deep shadows", scene: oneByOne({ shadow: 0.55 }), in: 4, out: 4 },
  {
    name: "exposure follows the clothes",
    scene: oneByOne({ light: (tS) => 1 + 0.15 * Math.sin(tS * 1.5) }),
    in: 4,
    out: 4,
  },
  { name: "light steps", scene: oneByOne({ light: (tS) => (tS % 11 > 5 ? 1.35 : 0.85) }), in: 4, out: 4 },
  {
    name: "lamp on one side",
    scene: oneByOne({ light: (tS, x) => (tS % 13 > 6 ? 1 + 0.7 * Math.max(0, 1 - 2 * x) : 1) }),
    in: 4,
    out: 4,
    missed: 1,
  },
  {
    name: "nobody, lights and white balance change",
    scene: {
      seconds: 40,
      light: (tS, x, y) => {
        const spot = tS % 9 > 5 && Math.hypot(x - 0.5, y - 0.5) < 0.25 ? 1.6 : 1;
        return [spot * (tS > 12 ? 1.3 : 1), spot, spot * (tS > 25 ? 0.7 : 1)];
      },
    },
    in: 0,
    out: 0,
  },
  {
    name: "pairs side by side",
    scene: {
      seconds: 28,
      walkers: Array.from({ length: 6 }, (_, i) => [
        { at: (i % 2 === 0 ? down : up)(0.3, 2 + 4 * i), clothes: CLOTHES[i]! },
        { at: (i % 2 === 0 ? down : up)(0.57, 2.1 + 4 * i), clothes: CLOTHES[(i + 2) % 6]! },
      ]).flat(),
    },
    in: 6,
    out: 6,
  },
  {
    name: "singles first, then pairs close together",
    scene: {
      seconds: 40,
      walkers: [
        ...Array.from({ length: 4 }, (_, i) => ({ at: down(0.4, 1 + 4 * i), clothes: CLOTHES[i]! })),
        ...Array.from({ length: 5 }, (_, i) => [
          { at: down(0.35, 18 + 4 * i), clothes: CLOTHES[i]! },
          { at: down(0.58, 18.15 + 4 * i), clothes: CLOTHES[i + 1]! },
        ]).flat(),
      ],
    },
    in: 14,
    out: 0,
  },
  {
    name: "two pass each other, shoulders touching",
    scene: {
      seconds: 30,
      walkers: Array.from({ length: 6 }, (_, i) => [
        { at: down(0.36, 2 + 4.5 * i), clothes: CLOTHES[i]! },
        { at: up(0.6, 2 + 4.5 * i), clothes: CLOTHES[(i + 3) % 6]! },
      ]).flat(),
    },
    in: 6,
    out: 6,
  },
  {
    name: "one behind another",
    scene: {
      seconds: 30,
      walkers: Array.from({ length: 12 }, (_, i) => ({
        at: down(0.5, 2 + 0.62 * i + 4 * Math.floor(i / 3)),
        clothes: CLOTHES[i % 6]!,
        width: 0.22,
      })),
    },
    in: 12,
    out: 0,
  },
  {
    name: "a door that swings, with one who passes each second time",
    scene: {
      seconds: 60,
      leaves: [{ hinge: [0.2, 0.12], length: 0.5, angle: (tS) => swing(tS % 6) }],
      walkers: Array.from({ length: 5 }, (_, i) => ({ at: down(0.5, 7.2 + 12 * i), clothes: CLOTHES[i]! })),
    },
    in: 5,
    out: 0,
  },
  {
    name: "one who stops for a minute on the near side",
    scene: {
      seconds: 90,
      walkers: [
        { at: walkAndStop([0.3, -0.15], [0.3, 0.75], [0.3, -0.15], { startS: 5, legS: 1.6, stayS: 60 }) },
        { at: down(0.72, 20), clothes: RED },
        { at: up(0.72, 50), clothes: WHITE },
      ],
    },
    in: 2,
    out: 2,
  },
  {
    name: "somebody there from the start, who leaves",
    scene: {
      seconds: 30,
      walkers: [
        { at: walkAndStop([0.5, 0.25], [0.5, 0.25], [0.5, -0.2], { startS: -2, legS: 2, stayS: 8 }) },
        { at: down(0.5, 15), clothes: RED },
        { at: up(0.4, 20), clothes: WHITE },
      ],
    },
    in: 1,
    out: 1,
  },
  {
    name: "a chair is put there",
    scene: {
      seconds: 70,
      things: [{ at: [0.5, 0.42], size: [0.2, 0.25], fromS: 10 }],
      walkers: [
        { at: down(0.78, 4), clothes: RED },
        { at: down(0.2, 20), clothes: WHITE },
        { at: up(0.5, 60), clothes: WHITE },
      ],
    },
    in: 2,
    out: 1,
  },
  {
    name: "trolleys",
    scene: {
      seconds: 34,
      walkers: Array.from({ length: 8 }, (_, i) => ({
        at: (i % 2 === 0 ? down : up)(0.35 + 0.04 * i, 2 + 4 * i, 2.4),
        clothes: CLOTHES[i % 6]!,
        ...(i % 2 === 1 ? { trolley: 0.25 } : {}),
      })),
    },
    in: 4,
    out: 4,
  },
  {
    name: "turns on the line's near side",
    scene: {
      seconds: 20,
      walkers: [{ at: walkAndStop([0.5, -0.15], [0.5, 0.4], [0.5, -0.15], { startS: 3, legS: 1.2, stayS: 2 }) }],
    },
    in: 0,
    out: 0,
  },
  {
    name: "a crowd of small people both ways",
    scene: {
      seconds: 40,
      walkers: Array.from({ length: 26 }, (_, i) => ({
        at: (i % 3 === 2 ? up : down)(0.1 + ((i * 0.37) % 0.8), 2 + 1.3 * i, 2.2),
        width: 0.17,
        clothes: CLOTHES[i % 6]!,
      })),
    },
    in: 18,
    out: 8,
  },
  {
    name: "out of a train and into it, two lanes, all clothes",
    scene: {
      seconds: 40,
      floor: [95, 92, 88],
      walkers: Array.from({ length: 26 }, (_, i) => ({
        at: (i < 13 ? down : up)(
          (i % 2 === 0 ? 0.28 : 0.66) + 0.02 * (i % 5),
          1.5 + 0.95 * i + (i < 13 ? 0 : 3),
          1.7 + 0.1 * (i % 4),
        ),
        width: 0.2 + 0.02 * (i % 4),
        clothes: CLOTHES[i % 6]!,
      })),
    },
    in: 13,
    out: 13,
    missed: 1,
  },
];

/** Opens in a second, stands open for two, closes in a second. */
function swing(tS: number): number {
  const open = 1.4;
  if (tS < 1) return open * tS;
  if (tS < 3) return open;
  return tS < 4 ? open * (4 - tS) : 0;
}
