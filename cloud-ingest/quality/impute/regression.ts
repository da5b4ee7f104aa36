// biome-ignore-all lint/style/noNonNullAssertion: a numeric folder, as those of the edge (style 15).
import { deviations } from "./columns.ts";
import type { GapWindow } from "./gap-window.ts";
import type { History } from "./history.ts";
import { dot, fitRidge } from "./ridge.ts";

const LEAST_PRESENCE = 0.9;
const BLOCK_WEEKS = 2;
const SCREEN_BOUND = 1.5;

export type Level = Float32Array | Float64Array;

/** The rows of a window that teach: dense arrays over the window's rows. */
export interface Teaching {
  /** log deviation of the target from its neighbours. */
  readonly deviation: Float64Array;
  /** 0 for a row that does not teach. */
  readonly weight: Float64Array;
}

/** What siblings say of the target: `sum(coefficients * levels)`. */
export interface SiblingFit {
  readonly siblings: readonly number[];
  readonly levels: readonly Level[];
  readonly coefficients: Float64Array;
  /** Per row of the window: by how much the error of a left-out row exceeds that of the fit; NaN where it does not teach. */
  readonly optimism: Float64Array;
}

/** Learns how the target moves with its siblings, both against their own ordinary level of that weekday and hour. */
export function fitSiblings(
  history: History,
  window: GapWindow,
  teaching: Teaching,
  candidates: readonly number[],
): SiblingFit {
  const siblings = likest(history, window, teaching, candidates);
  const levels: Level[] = siblings.map((series) => history.levelsOf(series));
  if (history.perDay > 1) levels.push(...siblings.map((series) => history.smoothedOf(series)));
  const n = levels.length;
  const columns = levels.map((level) => deviations(window, level));
  const rows = teachingRows(teaching.weight);
  const x = new Float64Array(rows.length * n);
  for (let row = 0; row < rows.length; row++) for (let f = 0; f < n; f++) x[row * n + f] = columns[f]![rows[row]!]!;
  const y = Float64Array.from(rows, (row) => teaching.deviation[row]!);
  const weight = Float64Array.from(rows, (row) => teaching.weight[row]!);
  const optimism = teaching.weight.map((each) => (each > 0 ? 0 : Number.NaN));
  if (n === 0) return { siblings, levels, coefficients: new Float64Array(0), optimism };
  const { coefficients, leftOut } = fitRidge(
    { columns: n, x, y, weight, block: BLOCK_WEEKS * history.perWeek },
    history.options,
  );
  for (let row = 0; row < rows.length; row++)
    optimism[rows[row]!] = leftOut[row]! - (y[row]! - dot(coefficients, x, row * n));
  return { siblings, levels, coefficients, optimism };
}

function teachingRows(weight: Float64Array): Int32Array {
  const rows: number[] = [];
  for (let row = 0; row < weight.length; row++) if (weight[row]! > 0) rows.push(row);
  return Int32Array.from(rows);
}

/** The candidates that were there during the gap, the ones first whose deviations go with the target's; none that go against it. */
function likest(history: History, window: GapWindow, teaching: Teaching, candidates: readonly number[]): number[] {
  return candidates
    .filter((series) => presence(history, window, series) >= LEAST_PRESENCE)
    .map((series) => ({ series, likeness: likeness(teaching, deviations(window, history.levelsOf(series))) }))
    .filter((each) => each.likeness > 0)
    .sort((a, b) => b.likeness - a.likeness)
    .slice(0, history.options.siblings)
    .map(({ series }) => series);
}

function presence(history: History, { gap }: GapWindow, series: number): number {
  let known = 0;
  for (let slot = gap.first; slot < gap.last; slot++) if (history.isKnown(series, slot)) known++;
  return known / (gap.last - gap.first);
}

/** Weighted correlation of the deviations, bounded so that single days do not decide. */
function likeness({ deviation, weight }: Teaching, other: Float64Array): number {
  let [xx, xy, yy] = [0, 0, 0];
  for (let row = 0; row < weight.length; row++) {
    if (weight[row] === 0) continue;
    const x = Math.max(-SCREEN_BOUND, Math.min(SCREEN_BOUND, other[row]!));
    const y = Math.max(-SCREEN_BOUND, Math.min(SCREEN_BOUND, deviation[row]!));
    xx += weight[row]! * x * x;
    xy += weight[row]! * x * y;
    yy += weight[row]! * y * y;
  }
  return xx * yy > 0 ? xy / Math.sqrt(xx * yy) : 0;
}
