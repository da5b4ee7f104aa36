import { AppError } from "../../firmware-config/kit/errors.ts";
import { type Band, shiftedBand, varianceOf } from "./band.ts";

/** A forecast with the place that it adds up to: door to store, store to tenant, hour to date. All bands are of the same times. */
export interface ForecastNode extends Band {
  readonly name: string;
  /** Name of the node that it is a part of; none for the top. */
  readonly parent?: string;
}

/** Two passes over a tree, as far as each slot needs. */
interface Tree {
  readonly nodes: readonly ForecastNode[];
  readonly children: readonly (readonly number[])[];
  /** Parents before their children. */
  readonly order: readonly number[];
}

/** What is believed of a node from itself and all below. */
interface Belief {
  readonly value: Float64Array;
  readonly variance: Float64Array;
}

/**
 * Makes forecasts add up: the weighted least squares of Wickramasuriya et al. (2019, MinT with the variances alone), which on a tree is one pass up, where each
 * node's own forecast and the sum of its children are joined by their precision, and one down, where children share what is left by their variance.
 * None gets below 0; intervals move along and narrow as the variance does. A node of NaN is the sum of its children. Throws `AppError` for a parent that is not
 * there, a circle, or different lengths.
 */
export function reconcile(nodes: readonly ForecastNode[]): ForecastNode[] {
  const tree = treeOf(nodes);
  const length = nodes[0]?.yhat.length ?? 0;
  const result = nodes.map((node) => ({ ...node, ...emptyBand(length) }));
  for (let slot = 0; slot < length; slot++) {
    const up = believe(tree, slot);
    const final = settle(tree, up);
    nodes.forEach((node, i) => {
      const before = Number.isNaN(node.yhat[slot]!) ? undefined : varianceOf(node, slot);
      // A closed date, and a door that nobody uses, have no width to narrow.
      const shrink = before === undefined || !(before > 0) ? 1 : Math.sqrt(Math.min(1, final.variance[i]! / before));
      const band = shiftedBand(node, slot, { yhat: final.value[i]!, variance: final.variance[i]!, shrink });
      for (const key of ["yhat", "lo80", "hi80", "lo95", "hi95"] as const) result[i]![key][slot] = band[key];
    });
  }
  return result;
}

function treeOf(nodes: readonly ForecastNode[]): Tree {
  const index = new Map(nodes.map(({ name }, i) => [name, i]));
  if (index.size < nodes.length) throw refusal("Two forecasts have one name");
  const length = nodes[0]?.yhat.length ?? 0;
  const children = nodes.map((): number[] => []);
  const tops: number[] = [];
  nodes.forEach(({ name, parent, yhat }, i) => {
    if (yhat.length !== length)
      throw refusal(`The forecast of ${JSON.stringify(name)} has another length than the first`);
    const above = parent === undefined ? undefined : index.get(parent);
    if (parent !== undefined && above === undefined)
      throw refusal(`There is no forecast of ${JSON.stringify(parent)}, which ${JSON.stringify(name)} is a part of`);
    if (above === undefined) tops.push(i);
    else children[above]!.push(i);
  });
  const order = [...tops];
  for (let at = 0; at < order.length; at++) order.push(...children[order[at]!]!);
  if (order.length < nodes.length) throw refusal("Forecasts are parts of each other in a circle");
  return { nodes, children, order };
}

function refusal(message: string): AppError {
  return new AppError(message, { code: "USAGE", hint: "Give each node once, with its parent among them." });
}

/** From the leaves up: own forecast and sum of the children, joined by precision. */
function believe({ nodes, children, order }: Tree, slot: number): Belief {
  const value = new Float64Array(nodes.length);
  const variance = new Float64Array(nodes.length);
  for (const i of order.toReversed()) {
    const own = nodes[i]!.yhat[slot]!;
    const below = children[i]!;
    const sum = below.reduce((total, child) => total + value[child]!, 0);
    const spread = below.reduce((total, child) => total + variance[child]!, 0);
    if (below.length === 0) {
      value[i] = Number.isNaN(own) ? 0 : own;
      variance[i] = Number.isNaN(own) ? 0 : varianceOf(nodes[i]!, slot);
    } else if (Number.isNaN(own)) {
      value[i] = sum;
      variance[i] = spread;
    } else {
      const ownVariance = varianceOf(nodes[i]!, slot);
      const total = ownVariance + spread;
      value[i] = total > 0 ? (own * spread + sum * ownVariance) / total : sum;
      variance[i] = total > 0 ? (ownVariance * spread) / total : 0;
    }
  }
  return { value, variance };
}

/** From the top down: what a parent differs from its children's sum is theirs, by their variance. */
function settle({ nodes, children, order }: Tree, up: Belief): Belief {
  const value = up.value.slice();
  const variance = up.variance.slice();
  for (const i of order) {
    const below = children[i]!;
    if (below.length === 0) continue;
    const spread = below.reduce((total, child) => total + up.variance[child]!, 0);
    share(value, below, { total: value[i]!, weights: below.map((child) => up.variance[child]!) });
    for (const child of below) {
      const part = spread > 0 ? up.variance[child]! / spread : 0;
      // Known total: a child varies against its siblings, and with the total by its part.
      variance[child] = up.variance[child]! * (1 - part) + part * part * variance[i]!;
    }
  }
  // Children that were cut at 0 leave their parent what they have: sums hold from the leaves up.
  for (const i of order.toReversed())
    if (children[i]!.length > 0) value[i] = children[i]!.reduce((total, child) => total + value[child]!, 0);
  return { value, variance: nodes.length > 0 ? variance : up.variance };
}

/** Adds up children to a total, none below 0: who would get below gives what it has, the others the rest. */
function share(
  value: Float64Array,
  below: readonly number[],
  { total, weights }: { total: number; weights: readonly number[] },
) {
  const open = new Set(below.keys());
  for (
    let rest = total - below.reduce((sum, child) => sum + value[child]!, 0), round = 0;
    round <= below.length;
    round++
  ) {
    const weight = [...open].reduce((sum, k) => sum + weights[k]!, 0);
    if (!(weight > 0) || Math.abs(rest) < 1e-12) return;
    let left = 0;
    for (const k of [...open]) {
      const next = value[below[k]!]! + (rest * weights[k]!) / weight;
      value[below[k]!] = Math.max(0, next);
      if (next >= 0) continue;
      left += next;
      open.delete(k);
    }
    rest = left;
  }
}

function emptyBand(length: number): Band {
  const make = () => new Float64Array(length);
  return { yhat: make(), lo80: make(), hi80: make(), lo95: make(), hi95: make() };
}
