import { adjustedRandIndex } from "./agreement.ts";
import { type Partition, partitionOf } from "./partition.ts";
import { centroidSilhouettes, distancesOf, silhouettes } from "./silhouette.ts";
import { wardLabels } from "./ward.ts";

/** More clusters are more than a person can act on. */
const MOST_CLUSTERS = 8;
/** Starts of k-means: fewer where many points make each start alike. */
const seedsFor = (points: number) => (points <= 200 ? 30 : 10);
/** Partitions of two halves of the data that agree less are chance (research: split-half ARI of good k is .9 and more). */
const STABLE = 0.9;
/** A cluster of fewer is an odd store, not a kind of store. */
const smallestAllowed = (points: number) => Math.max(2, Math.ceil(points * 0.05));
/** Silhouettes that differ by less are the same; then fewer clusters win. */
const TIE = 0.01;
/** Above this a point is compared with the centroids alone: the table of distances grows with the square. */
const MOST_COMPARED = 3000;

/** What was found for one number of clusters. */
export interface Candidate {
  readonly k: number;
  /** Mean silhouette, -1..1. */
  readonly silhouette: number;
  /** Agreement of the partitions of two halves of the data, adjusted Rand index. */
  readonly splitHalf: number;
  /** Agreement with Ward's hierarchical clustering; undefined where there are too many points for it. */
  readonly ward: number | undefined;
  readonly smallest: number;
  readonly isStable: boolean;
}

export interface Choice {
  readonly partition: Partition;
  /** Silhouette of each point under the chosen partition; 0 for a single cluster. */
  readonly silhouettes: Float64Array;
  readonly candidates: readonly Candidate[];
}

/** The same points as seen in two halves of the data, in the same order. */
export type Halves = readonly [readonly (readonly number[])[], readonly (readonly number[])[]];

/** Told with 0..1 as the candidates are done. */
export type OnDone = (share: number) => void;

export interface ChoiceOptions {
  readonly onDone?: OnDone | undefined;
  /** The largest number of clusters that is tried; default: 8. */
  readonly mostClusters?: number;
  /** Starts of k-means; default: 30, 10 above 200 points. */
  readonly seeds?: number;
  /** True where nobody reads the candidates: numbers of clusters that are not stable, and Ward's check, are left out of them. The choice is the same. */
  readonly isBrief?: boolean | undefined;
}

/**
 * The number of clusters with the best silhouette among those that two halves of the data agree on and that have no cluster below
 * 5 %; one cluster where none is so. `agree(k)` is the agreement of the halves.
 */
export function chooseK(
  points: readonly (readonly number[])[],
  agree: (k: number) => number,
  { onDone, mostClusters = MOST_CLUSTERS, seeds = seedsFor(points.length), isBrief = false }: ChoiceOptions = {},
): Choice {
  const score = scorer(points);
  const most = Math.min(mostClusters, Math.floor(points.length / 2));
  const tried: (Candidate & { readonly partition: Partition })[] = [];
  for (let k = 2; k <= most; k++) {
    onDone?.((k - 2) / (most - 1));
    const splitHalf = agree(k);
    if (isBrief && splitHalf < STABLE) continue;
    const partition = partitionOf(points, k, seeds);
    const smallest = sizesOf(partition).at(-1) ?? 0;
    const ward = isBrief ? undefined : wardLabels(points, k);
    tried.push({
      k,
      partition,
      silhouette: mean(score(partition)),
      splitHalf,
      ward: ward && adjustedRandIndex(partition.labels, ward),
      smallest,
      isStable: splitHalf >= STABLE && smallest >= smallestAllowed(points.length),
    });
  }
  onDone?.(1);
  const stable = tried.filter((one) => one.isStable);
  const top = Math.max(...stable.map(({ silhouette }) => silhouette));
  const chosen = stable.find(({ silhouette }) => silhouette >= top - TIE)?.partition ?? onlyOne(points);
  return {
    partition: chosen,
    silhouettes: score(chosen),
    candidates: tried.map(({ partition: _, ...candidate }) => candidate),
  };
}

function scorer(points: readonly (readonly number[])[]): (partition: Partition) => Float64Array {
  if (points.length > MOST_COMPARED) return (partition) => centroidSilhouettes(points, partition);
  const apart = distancesOf(points);
  return ({ labels }) => silhouettes(apart, labels);
}

/** Agreement of the partitions of the same points as two halves of the data show them. */
export function halvesAgree([first, second]: Halves): (k: number) => number {
  const seeds = seedsFor(first.length);
  return (k) => adjustedRandIndex(partitionOf(first, k, seeds).labels, partitionOf(second, k, seeds).labels);
}

export function sizesOf({ labels, centroids }: Partition): number[] {
  const sizes = centroids.map(() => 0);
  for (const label of labels) sizes[label] = (sizes[label] ?? 0) + 1;
  return sizes;
}

function onlyOne(points: readonly (readonly number[])[]): Partition {
  const width = points[0]?.length ?? 0;
  const centroid = Array.from({ length: width }, (_, at) => mean(points.map((point) => point[at] ?? 0)));
  return { labels: points.map(() => 0), centroids: [centroid], spread: 0 };
}

function mean(values: ArrayLike<number>): number {
  return values.length === 0 ? 0 : Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;
}
