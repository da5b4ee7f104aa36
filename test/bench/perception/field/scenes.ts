import { join } from "node:path";
import { LineConfig, type Point, ZoneConfig } from "../../../../firmware-config/config/geometry.ts";
import { withDefaults } from "../../../../firmware-config/config/with-defaults.ts";
import { sharedFile } from "../../../support/sample.ts";

/** A line with the crossings that a person counted on it. */
export interface TrueLine {
  readonly line: LineConfig;
  readonly in: number;
  readonly out: number;
}

/** A zone with its visits; where their ends are known, a visit is right within half a second of both. */
export interface TrueZone {
  readonly zone: ZoneConfig;
  readonly visits: number;
  readonly stops?: number;
  readonly spans?: readonly (readonly [enteredS: number, leftS: number])[];
}

/** A film of a shop, a hall or a street that lies beside the checkout. */
export interface Scene {
  readonly name: string;
  /** Below `../shared/data`. */
  readonly file: readonly [folder: string, name: string];
  readonly lines: readonly TrueLine[];
  readonly zones: readonly TrueZone[];
}

const lineOf = (id: string, from: Point, to: Point, [ins, outs]: readonly [number, number]): TrueLine => ({
  line: withDefaults(LineConfig, { id, from, to }),
  in: ins,
  out: outs,
});

const zoneOf = (polygon: readonly Point[], truth: Omit<TrueZone, "zone">): TrueZone => ({
  zone: withDefaults(ZoneConfig, { id: "zone", polygon }),
  ...truth,
});

const AISLE: readonly Point[] = [
  [0.5, 0.3],
  [0.9, 0.3],
  [0.9, 1],
  [0.5, 1],
];
const SHELVES: readonly Point[] = [
  [0.56, 0.35],
  [0.72, 0.35],
  [0.88, 0.8],
  [0.58, 0.8],
];
const TABLE: readonly Point[] = [
  [0.42, 0.15],
  [0.75, 0.15],
  [0.75, 1],
  [0.42, 1],
];

/** Counted by eye (`../shared/data/clips/SOURCES.md`, `one-by-one.truth.json`), or by `mot_eval.py` on the true tracks. */
export const SCENES: readonly Scene[] = [
  { name: "store_aisle", file: ["clips", "store_aisle.mp4"], lines: [], zones: [zoneOf(AISLE, { visits: 3 })] },
  {
    name: "store_ceiling",
    file: ["clips", "store_ceiling.mp4"],
    lines: [lineOf("till", [0.58, 0.8], [0.98, 0.8], [2, 0])],
    zones: [zoneOf(SHELVES, { visits: 2, stops: 2 })],
  },
  {
    name: "office_fisheye",
    file: ["clips", "office_fisheye.mp4"],
    lines: [lineOf("desk", [0.7, 0.3], [0.7, 0.8], [2, 0])],
    zones: [],
  },
  {
    name: "white_hall",
    file: ["clips", "white_hall.mp4"],
    lines: [lineOf("hall", [0, 0.5], [1, 0.5], [9, 7])],
    zones: [],
  },
  {
    name: "one-by-one",
    file: ["video", "one-by-one.mp4"],
    lines: [],
    zones: [
      zoneOf(TABLE, {
        visits: 6,
        spans: [
          [6.7, 18.7],
          [23.2, 43.8],
          [50.8, 68.8],
          [75.5, 85.6],
          [92.3, 118.5],
          [124, 134.8],
        ],
      }),
    ],
  },
  {
    name: "vtest",
    file: ["video", "vtest.avi"],
    lines: [
      lineOf("path-west", [0.325521, 0.243056], [0.325521, 0.572917], [9, 6]),
      lineOf("pole", [0.449219, 0.243056], [0.449219, 0.694444], [15, 12]),
      lineOf("path-middle", [0.559896, 0.225694], [0.559896, 0.729167], [17, 13]),
      lineOf("road-north", [0.625, 0.355903], [0.989583, 0.355903], [5, 4]),
      lineOf("road-south", [0.520833, 0.572917], [0.989583, 0.729167], [3, 5]),
      lineOf("diagonal", [0.390625, 0.572917], [0.833333, 0.243056], [11, 16]),
    ],
    zones: [],
  },
];

/** Where a scene's film is; undefined where there is none. */
export const filmOf = ({ file: [folder, name] }: Scene): string | undefined => sharedFile(join(folder, name));
