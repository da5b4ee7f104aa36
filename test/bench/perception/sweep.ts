import type { MotScore } from "../../../edge-agent/mot/score/mot-score.ts";
import { DEFAULTS, type Settings, scoreOf, scoreOnTruth } from "./run-tracker.ts";
import type { Sequence } from "./sequences.ts";
import { VARIANTS, varied } from "./variants.ts";

/** What is tried for each number, in this order. */
const TRIED = {
  config: { confirmS: [0.1, 0.15, 0.25], lostS: [2, 2.5, 3] },
  constants: {
    highGate: [0.8, 0.9, 1, 1.1],
    gatePerOctave: [0, 0.1, 0.15, 0.2],
    heightPrice: [0.25, 0.5, 0.75, 1],
    distancePrice: [0.25, 0.35, 0.5, 0.7],
    buffer: [0.2, 0.3, 0.4, 0.5],
    bufferPerS: [0.2, 0.5, 0.8],
    maxBuffer: [0.4, 0.6, 1],
    turnPrice: [0.1, 0.2, 0.3],
    coveredPrice: [0, 0.1, 0.2],
    newPrice: [0.1, 0.2, 0.3, 0.4],
    unseenPrice: [0, 0.05, 0.1, 0.15],
    newLostS: [0, 0.15, 0.3],
    positionNoise: [0.05, 0.065, 0.08, 0.1],
    acceleration: [0.15, 0.2, 0.3],
  },
  path: { placeWidthS: [0.3, 0.45, 0.6], sizeWidthS: [0.8, 1.2, 1.6], fillS: [0.5, 1, 1.5, 2.5] },
} as const;

/** Where each search begins: what stood before these films were looked at, with the prices that are new left out. */
const START: Settings = {
  config: { ...DEFAULTS.config, confirmS: 0.25, lostS: 2.5 },
  constants: {
    ...DEFAULTS.constants,
    buffer: 0.3,
    bufferPerS: 0.8,
    maxBuffer: 1,
    distancePrice: 0.25,
    turnPrice: 0.2,
    coveredPrice: 0.2,
    heightPrice: 0,
    newPrice: 0,
    unseenPrice: 0,
    newLostS: 0,
    highGate: 0.9,
    gatePerOctave: 0,
    positionNoise: 0.05,
    acceleration: 0.3,
  },
  path: { placeWidthS: 0.3, sizeWidthS: 0.6, fillS: 0.5 },
};

/** A gain below this is noise: one swap of two ids moves a single run by more. */
const LEAST_GAIN = 0.001;
/** Share of HOTA on true boxes in what is aimed at. */
const TRUTH_SHARE = 0.25;
const ROUNDS = 3;

/** One film left out: constants from the others, and what they reach on it. */
export interface LeftOut {
  readonly name: string;
  readonly changed: Readonly<Record<string, number>>;
  readonly score: MotScore;
  readonly onTruth: MotScore;
}

/** Chooses the numbers on all films but one, for each in turn. */
export function leaveOneOut(sequences: readonly Sequence[], note: (text: string) => void): LeftOut[] {
  return sequences.map((left) => {
    note(`without ${left.name} ...\n`);
    const { settings, changed } = choose(
      sequences.filter((one) => one !== left),
      note,
    );
    return { name: left.name, changed, score: scoreOf(left, settings), onTruth: scoreOnTruth(left, settings) };
  });
}

/** Coordinate descent from `START`: each number in turn gets the value at which the mean over `sequences` is best. */
export function choose(sequences: readonly Sequence[], note: (text: string) => void) {
  const films = sequences.map((one) => VARIANTS.map((variant) => varied(one, variant)));
  let settings = START;
  let best = aim(films, settings);
  const changed: Record<string, number> = {};
  for (let round = 0; round < ROUNDS; round++) {
    for (const [part, numbers] of Object.entries(TRIED)) {
      for (const [key, values] of Object.entries(numbers)) {
        for (const value of values) {
          const tried = withNumber(settings, { part, key, value });
          const reached = aim(films, tried);
          if (reached < best + LEAST_GAIN) continue;
          settings = tried;
          best = reached;
          changed[key] = value;
          note(`  ${key} ${value}: ${best.toFixed(4)}\n`);
        }
      }
    }
  }
  return { settings, changed, best };
}

function withNumber(settings: Settings, at: { part: string; key: string; value: number }): Settings {
  const { part, key, value } = at;
  if (part === "config") return { ...settings, config: { ...settings.config, [key]: value } };
  if (part === "path") return { ...settings, path: { ...settings.path, [key]: value } };
  return { ...settings, constants: { ...settings.constants, [key]: value } };
}

/** Mean of HOTA, IDF1 and MOTA over all films and their variants, with some of HOTA on true boxes. */
function aim(films: readonly (readonly Sequence[])[], settings: Settings): number {
  const each = films.map((variants) => {
    const values = variants.map((film) => {
      const { hota, idf1, mota } = scoreOf(film, settings);
      return (hota + idf1 + mota) / 3;
    });
    return mean(values) + TRUTH_SHARE * scoreOnTruth(variants[0]!, settings).hota;
  });
  return mean(each);
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
