import { type Binned, MOST_BINS } from "./bins.ts";

/** A tree in columns by node: a row goes left where the bin of `feature` is at most `bin`; `feature` -1 is a leaf with `value`. */
export interface Tree {
  readonly feature: number[];
  readonly bin: number[];
  readonly left: number[];
  readonly right: number[];
  readonly value: number[];
}

export interface GrowOptions {
  readonly depth: number;
  /** Least weight of a leaf. */
  readonly leastLeaf: number;
  /** Weight added to each leaf: shrinks what few rows say. */
  readonly penalty: number;
}

/** By feature and bin the sum of the gradients and that of the weights, side by side. A leaf's are those of the first feature alone. */
type Sums = Float64Array;
const OF_FEATURE = 2 * MOST_BINS;

interface Node {
  readonly at: number;
  readonly from: number;
  readonly to: number;
  readonly depth: number;
  readonly sums: Sums;
}

interface Split {
  readonly feature: number;
  readonly bin: number;
  readonly gain: number;
}

/** Grows trees over one set of bins; buffers are made once. */
export class TreeGrower {
  readonly #data: Binned;
  readonly #options: GrowOptions;
  readonly #spare: Uint32Array;
  /** Gradients and weights of a node's rows, side by side. */
  readonly #pairs: Float64Array;

  constructor(data: Binned, options: GrowOptions) {
    this.#data = data;
    this.#options = options;
    this.#spare = new Uint32Array(data.rows);
    this.#pairs = new Float64Array(2 * data.rows);
  }

  /**
   * A regression tree on gradients (the wanted change of each row) by histograms, the child with fewer rows counted and the other had by
   * subtraction (Ke et al. 2017). Reorders `rows`.
   */
  grow(rows: Uint32Array, gradient: Float64Array, weight: Float64Array): Tree {
    const tree: Tree = { feature: [], bin: [], left: [], right: [], value: [] };
    const addNode = () => {
      tree.feature.push(-1);
      tree.bin.push(0);
      tree.left.push(-1);
      tree.right.push(-1);
      return tree.value.push(0) - 1;
    };
    const features = this.#data.columns.length;
    const sums = this.#sumsOf(rows, { gradient, weight, features });
    const open: Node[] = [{ at: addNode(), from: 0, to: rows.length, depth: 0, sums }];
    for (let node = open.pop(); node; node = open.pop()) {
      const [g, w] = this.#total(node.sums);
      tree.value[node.at] = w > 0 ? g / (w + this.#options.penalty) : 0;
      const split = node.depth < this.#options.depth ? this.#bestSplit(node.sums) : undefined;
      if (!split) continue;
      const middle = this.#partition(rows, node, split);
      const [left, right] = [addNode(), addNode()];
      tree.feature[node.at] = split.feature;
      tree.bin[node.at] = split.bin;
      tree.left[node.at] = left;
      tree.right[node.at] = right;
      const isLeftSmall = middle - node.from < node.to - middle;
      const small = isLeftSmall ? rows.subarray(node.from, middle) : rows.subarray(middle, node.to);
      const isLeaf = node.depth + 1 >= this.#options.depth;
      const few = this.#sumsOf(small, { gradient, weight, features: isLeaf ? 1 : features });
      const many = subtracted(node.sums, few);
      open.push({ at: left, from: node.from, to: middle, depth: node.depth + 1, sums: isLeftSmall ? few : many });
      open.push({ at: right, from: middle, to: node.to, depth: node.depth + 1, sums: isLeftSmall ? many : few });
    }
    return tree;
  }

  #sumsOf(rows: Uint32Array, { gradient, weight, features }: RowValues): Sums {
    const { columns } = this.#data;
    const pairs = this.#pairs;
    for (let i = 0; i < rows.length; i++) {
      pairs[2 * i] = gradient[rows[i]!]!;
      pairs[2 * i + 1] = weight[rows[i]!]!;
    }
    const sums = new Float64Array(features * OF_FEATURE);
    for (let f = 0; f < features; f++) {
      const column = columns[f]!;
      for (let i = 0; i < rows.length; i++) {
        const at = f * OF_FEATURE + 2 * column[rows[i]!]!;
        sums[at]! += pairs[2 * i]!;
        sums[at + 1]! += pairs[2 * i + 1]!;
      }
    }
    return sums;
  }

  #total(sums: Sums): [number, number] {
    let [g, w] = [0, 0];
    for (let at = 0; at < OF_FEATURE; at += 2) {
      g += sums[at]!;
      w += sums[at + 1]!;
    }
    return [g, w];
  }

  #bestSplit(sums: Sums): Split | undefined {
    const { leastLeaf, penalty } = this.#options;
    const [g, w] = this.#total(sums);
    if (w < 2 * leastLeaf) return undefined;
    const whole = (g * g) / (w + penalty);
    let best: Split | undefined;
    for (let feature = 0; feature < this.#data.columns.length; feature++) {
      let [lg, lw] = [0, 0];
      const last = this.#data.bounds[feature]!.length;
      for (let bin = 0; bin <= last; bin++) {
        lg += sums[feature * OF_FEATURE + 2 * bin]!;
        lw += sums[feature * OF_FEATURE + 2 * bin + 1]!;
        if (lw < leastLeaf || w - lw < leastLeaf) continue;
        const gain = (lg * lg) / (lw + penalty) + ((g - lg) * (g - lg)) / (w - lw + penalty) - whole;
        if (gain > (best?.gain ?? 1e-9)) best = { feature, bin, gain };
      }
    }
    return best;
  }

  /** Left rows first, the order within each side kept. Returns where the right ones begin. */
  #partition(rows: Uint32Array, { from, to }: Node, { feature, bin }: Split): number {
    const column = this.#data.columns[feature]!;
    let [left, right] = [from, 0];
    for (let i = from; i < to; i++) {
      const row = rows[i]!;
      if (column[row]! <= bin) rows[left++] = row;
      else this.#spare[right++] = row;
    }
    rows.set(this.#spare.subarray(0, right), left);
    return left;
  }
}

interface RowValues {
  readonly gradient: Float64Array;
  readonly weight: Float64Array;
  /** How many features are summed. */
  readonly features: number;
}

/** The first sums less the second, in place of the first, which nobody needs again. */
function subtracted(whole: Sums, part: Sums): Sums {
  for (let at = 0; at < part.length; at++) whole[at]! -= part[at]!;
  return whole.subarray(0, part.length);
}

/** The leaf's value of a row, whose bin of a feature stands in the feature's column. */
export function leafValue(tree: Tree, columns: readonly ArrayLike<number>[], row: number): number {
  const { feature, bin, left, right, value } = tree;
  let at = 0;
  for (let f = feature[at]!; f >= 0; f = feature[at]!) at = columns[f]![row]! <= bin[at]! ? left[at]! : right[at]!;
  return value[at]!;
}
