import { madSigma, median } from "../quality/expectation/numbers.ts";
import { adjustedRandIndex } from "./agreement.ts";
import { type Choice, sizesOf } from "./choose-k.ts";
import { matchIds, movesOf } from "./match-ids.ts";
import type { Name } from "./names.ts";
import type { ClusterReport, ClusterRow, MemberRow, Previous, SegmentRow } from "./report.ts";
import { distance } from "./silhouette.ts";

/** Distances to the centre that exceed the median by more robust deviations are odd: three in ten thousand of a normal distribution. */
const ODD = 3.5;
/** Of fewer series nobody can say what is usual. */
const FEWEST_FOR_ODD = 8;

export interface Composed {
  readonly of: ClusterReport["of"];
  readonly names: readonly string[];
  readonly points: readonly (readonly number[])[];
  readonly choice: Choice;
  readonly clusterNames: readonly Name[];
  readonly leftOut: ClusterReport["leftOut"];
  readonly previous?: Previous | undefined;
  /** The client's own segment of each series. */
  readonly segments?: ReadonlyMap<string, string> | undefined;
}

/** The report of a choice. */
export function compose(parts: Composed): ClusterReport {
  const { names, points, choice } = parts;
  const { partition } = choice;
  const previous = parts.previous?.of === parts.of ? parts.previous : undefined;
  const ids = matchIds(names, partition.labels, previous);
  const idOf = (label: number) => ids[label] ?? 0;
  const apart = points.map((point, index) => distance(point, partition.centroids[partition.labels[index] ?? 0] ?? []));
  const isOdd = oddness(apart);
  const series: MemberRow[] = names.map((name, index) => ({
    series: name,
    cluster: idOf(partition.labels[index] ?? 0),
    silhouette: rounded(choice.silhouettes[index] ?? 0),
    distance: rounded(apart[index] ?? 0),
    isOdd: isOdd(apart[index] ?? 0),
  }));
  const sizes = sizesOf(partition);
  const clusters: ClusterRow[] = partition.centroids.map((centroid, label) => ({
    id: idOf(label),
    name: parts.clusterNames[label] ?? { en: "", ja: "" },
    size: sizes[label] ?? 0,
    members: names.filter((_, index) => partition.labels[index] === label),
    shares: sharesOf(centroid),
  }));
  const k = partition.centroids.length;
  const chosen = choice.candidates.find((candidate) => candidate.k === k);
  return {
    of: parts.of,
    k,
    silhouette: rounded(chosen?.silhouette ?? 0),
    splitHalf: chosen && rounded(chosen.splitHalf),
    clusters,
    series,
    odd: series.filter((one) => one.isOdd).map((one) => one.series),
    leftOut: parts.leftOut,
    candidates: choice.candidates,
    moved: movesOf(series, previous),
    ...(parts.segments && { segments: besideSegments(series, parts.segments) }),
  };
}

function oddness(apart: readonly number[]): (distance: number) => boolean {
  if (apart.length < FEWEST_FOR_ODD) return () => false;
  const limit = median(apart) + ODD * madSigma(apart);
  return (one) => one > limit;
}

function sharesOf(centroid: readonly number[]): number[] {
  const total = centroid.reduce((sum, root) => sum + root ** 2, 0);
  return centroid.map((root) => Math.round((root ** 2 / (total || 1)) * 1e6) / 1e6);
}

function besideSegments(series: readonly MemberRow[], segments: ReadonlyMap<string, string>) {
  const both = series.filter((one) => segments.has(one.series));
  const known = [...new Set(both.map((one) => segments.get(one.series) ?? ""))].sort();
  const counts = new Map<string, SegmentRow>();
  for (const one of both) {
    const segment = segments.get(one.series) ?? "";
    const key = JSON.stringify([segment, one.cluster]);
    counts.set(key, { segment, cluster: one.cluster, count: (counts.get(key)?.count ?? 0) + 1 });
  }
  const labels = both.map((one) => known.indexOf(segments.get(one.series) ?? ""));
  const agreement = adjustedRandIndex(
    labels,
    both.map((one) => one.cluster),
  );
  const table = [...counts.values()].sort((a, b) =>
    a.segment < b.segment ? -1 : a.segment > b.segment ? 1 : a.cluster - b.cluster,
  );
  return { agreement: rounded(agreement), table };
}

const rounded = (value: number) => Math.round(value * 1e4) / 1e4;
