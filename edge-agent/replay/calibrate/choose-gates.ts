import type { ScoreGates } from "../../../firmware-config/config/tracker.ts";

const NEW = [0.3, 0.4, 0.5, 0.55, 0.6, 0.7] as const;
const HIGH = [0.15, 0.2, 0.25, 0.3, 0.4, 0.5] as const;
/** Scores below this never leave the detector. */
const LOW = 0.1;

/** The gates that are tried; high is never above new. */
export const GRID: readonly ScoreGates[] = NEW.flatMap((newTrackScore) =>
  HIGH.filter((highScore) => highScore <= newTrackScore).map((highScore) => ({
    newTrackScore,
    highScore,
    lowScore: LOW,
  })),
);

/** What the gates of the grid cost one clip. */
export interface ClipCosts {
  /** Crossings, visits and stops of all variants that are wrong, by place in `GRID`. */
  readonly wrong: readonly number[];
  /** What one of them weighs. */
  readonly weight: number;
}

/** One wrong of many weighs less: what chance does to a count grows with its root (Poisson). */
export function weightOf(trueCount: number): number {
  return 1 / Math.sqrt(Math.max(1, trueCount));
}

/**
 * The place in `GRID` of the gates that cost these clips least, their neighbours by half: the middle of a plain rather than a
 * lucky point. Of equals the first.
 */
export function chooseGates(clips: readonly ClipCosts[]): number {
  const costs = GRID.map((_, i) => clips.reduce((sum, { wrong, weight }) => sum + weight * (wrong[i] ?? 0), 0));
  const smooth = GRID.map((gates, i) => {
    const near = GRID.flatMap((other, j) => (areNeighbours(gates, other) ? [costs[j] ?? 0] : []));
    return (costs[i] ?? 0) + 0.5 * (near.reduce((sum, cost) => sum + cost, 0) / Math.max(1, near.length));
  });
  return smooth.indexOf(Math.min(...smooth));
}

/** One step apart in one of the two. */
function areNeighbours(a: ScoreGates, b: ScoreGates): boolean {
  const steps = (list: readonly number[], one: number, other: number) =>
    Math.abs(list.indexOf(one) - list.indexOf(other));
  return steps(NEW, a.newTrackScore, b.newTrackScore) + steps(HIGH, a.highScore, b.highScore) === 1;
}
