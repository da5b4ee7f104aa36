import { assign, MOST_ASSIGNED } from "./agreement.ts";
import type { Move, Previous } from "./report.ts";

/** Larger ones are nobody's: a cluster a week would take 19,000 years. */
export const MOST_ID = 1e6;

/** Whether an earlier run can have given it. */
export const isId = (id: number) => Number.isInteger(id) && id >= 1 && id <= MOST_ID;

/**
 * An id for each label 0..k-1: that of the earlier cluster which shares the most members with it (assignment that keeps the most of
 * all where they were), a new one where none is left. Ids begin with 1 and are not used again. Earlier
 * ones that no run can have given (`isId`) are not taken over.
 */
export function matchIds(
  names: readonly string[],
  labels: readonly number[],
  previous: Previous | undefined,
): number[] {
  const before = clustersOf(previous);
  const old = [...new Set(before.values())].sort((a, b) => a - b).slice(0, MOST_ASSIGNED);
  const k = Math.max(-1, ...labels) + 1;
  const shared = Array.from({ length: k }, () => old.map(() => 0));
  names.forEach((name, index) => {
    const row = shared[labels[index] ?? 0];
    const column = old.indexOf(before.get(name) ?? Number.NaN);
    if (row && column >= 0) row[column] = (row[column] ?? 0) + 1;
  });
  let next = Math.max(0, ...before.values());
  return assign(shared).map((column) => (column === undefined ? undefined : old[column]) ?? ++next);
}

/** Who lies in another cluster than in the run before. */
export function movesOf(now: Previous["series"], previous: Previous | undefined): Move[] {
  const before = clustersOf(previous);
  return now.flatMap(({ series, cluster }) => {
    const from = before.get(series);
    return from === undefined || from === cluster ? [] : [{ series, from, to: cluster }];
  });
}

function clustersOf(previous: Previous | undefined): Map<string, number> {
  const own = previous?.series.filter(({ cluster }) => isId(cluster)) ?? [];
  return new Map(own.map(({ series, cluster }) => [series, cluster]));
}
