// ml-hclust: Ward's method in plain JavaScript, kept by the mljs group (MIT).
import { agnes, type Cluster } from "ml-hclust";

/** Ward's method takes the cube of the number of points: 4 s for a thousand. */
const MOST_POINTS = 1000;
const last = new WeakMap<object, Cluster>();

/** Labels of k clusters by Ward's hierarchical clustering; undefined for more than a thousand points. */
export function wardLabels(points: readonly (readonly number[])[], k: number): number[] | undefined {
  if (points.length > MOST_POINTS) return undefined;
  let tree = last.get(points);
  if (!tree) {
    tree = agnes([...points], { method: "ward", distanceFunction: squared });
    last.set(points, tree);
  }
  const labels = points.map(() => 0);
  tree.group(k).children.forEach((group, label) => {
    for (const index of group.indices()) labels[index] = label;
  });
  return labels;
}

function squared(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, at) => sum + (value - (b[at] ?? 0)) ** 2, 0);
}
