import { seededRandom } from "../../../firmware-config/kit/seeded-random.ts";
import { binned, binOf } from "./bins.ts";
import { leafValue, type Tree, TreeGrower } from "./grow-tree.ts";

// Our own: npm has no boosted trees that are kept, typed and free of a download at install (ml-xgboost stands still since 2019 with a WASM of
// its day, decision-tree takes objects row by row, xgboost-scorer only scores). What is needed is 250 lines, deterministic on all machines.

export interface BoostOptions {
  readonly trees: number;
  readonly rate: number;
  readonly depth: number;
  readonly leastLeaf: number;
  readonly penalty: number;
  /** Part of the rows that each tree sees. */
  readonly subsample: number;
  /** Errors beyond this pull no harder (Huber 1964). */
  readonly bound: number;
  readonly seed: number;
}

/** Plain JSON. */
export interface Boosted {
  readonly bounds: readonly (readonly number[])[];
  readonly trees: readonly Tree[];
  readonly rate: number;
}

/** Gradient boosting of regression trees (Friedman 2001) with Huber's loss; the same rows give the same trees to the last digit. */
export function boost(x: Float32Array, y: Float64Array, weights: Float64Array, options: BoostOptions): Boosted {
  const features = x.length / y.length;
  const data = binned(x, features);
  const grower = new TreeGrower(data, options);
  const fitted = new Float64Array(y.length);
  const gradient = new Float64Array(y.length);
  const drawn = new Uint32Array(y.length);
  const next = seededRandom(options.seed);
  const trees: Tree[] = [];
  for (let t = 0; t < options.trees; t++) {
    let count = 0;
    for (let row = 0; row < y.length; row++) {
      const error = y[row]! - fitted[row]!;
      gradient[row] = weights[row]! * Math.max(-options.bound, Math.min(options.bound, error));
      if (next() < options.subsample) drawn[count++] = row;
    }
    const tree = grower.grow(drawn.subarray(0, count), gradient, weights);
    for (let row = 0; row < y.length; row++) fitted[row]! += options.rate * leafValue(tree, data.columns, row);
    trees.push(tree);
  }
  return { bounds: data.bounds.map((bounds) => Array.from(bounds)), trees, rate: options.rate };
}

/** What the trees add up to for one row of features. */
export function boostedValue({ bounds, trees, rate }: Boosted, row: Float32Array): number {
  const columns = bounds.map((bound, f) => Uint8Array.of(binOf(bound, row[f]!)));
  let sum = 0;
  for (const tree of trees) sum += leafValue(tree, columns, 0);
  return rate * sum;
}
