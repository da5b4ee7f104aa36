import { type Panel, SLOTS } from "../../../cloud-ingest/quality/panel.ts";
import type { MadeGap } from "./made-gaps.ts";

/** What a simple method puts in place of a gap, one value per slot. */
export type Peer = (panel: Panel, isMissing: readonly Uint8Array[], gap: MadeGap) => Float64Array;

const SIBLINGS = 5;
const WEEKS = 4;

const knownAt = (panel: Panel, isMissing: readonly Uint8Array[], series: number, slot: number) => {
  const value = panel.values[series]![slot];
  return value === undefined || isMissing[series]![slot] === 1 ? Number.NaN : value;
};

/** A straight line between the last known slot before the gap and the first after it. */
export const linear: Peer = (panel, isMissing, { series, from, to }) => {
  const edge = (start: number, step: number) => {
    let at = start;
    while (at >= 0 && at < panel.values[series]!.length && Number.isNaN(knownAt(panel, isMissing, series, at)))
      at += step;
    return knownAt(panel, isMissing, series, at);
  };
  const [before, after] = [edge(from - 1, -1), edge(to, 1)];
  const [left, right] = [Number.isNaN(before) ? after : before, Number.isNaN(after) ? before : after];
  return Float64Array.from({ length: to - from }, (_, at) => left + ((right - left) * (at + 1)) / (to - from + 1));
};

/** The same slot of the nearest earlier week that is known, else of the nearest later one. */
export const lastWeek: Peer = (panel, isMissing, { series, from, to }) => {
  const week = 7 * SLOTS[panel.step];
  return Float64Array.from({ length: to - from }, (_, at) => {
    const slots = [...range(1, 60).map((k) => from + at - k * week), ...range(1, 60).map((k) => from + at + k * week)];
    return slots.map((slot) => knownAt(panel, isMissing, series, slot)).find((each) => !Number.isNaN(each)) ?? 0;
  });
};

/**
 * Median of the same slot over four weeks on each side, times the mean ratio of the five most correlated siblings to theirs
 * (the best method that forecast.md, section 5, measured).
 */
export const siblingRatio: Peer = (panel, isMissing, gap) => {
  const likest = range(0, panel.names.length - 1)
    .filter((other) => other !== gap.series)
    .map((other) => ({ other, likeness: correlation(panel, isMissing, gap.series, other) }))
    .sort((a, b) => b.likeness - a.likeness)
    .slice(0, SIBLINGS);
  return Float64Array.from({ length: gap.to - gap.from }, (_, at) => {
    const slot = gap.from + at;
    let [theirs, usual] = [0, 0];
    for (const { other } of likest) {
      const [now, median] = [knownAt(panel, isMissing, other, slot), medianAround(panel, isMissing, other, slot)];
      if (Number.isNaN(now + median)) continue;
      theirs += now;
      usual += median;
    }
    const own = medianAround(panel, isMissing, gap.series, slot);
    return (Number.isNaN(own) ? 0 : own) * (usual > 0 ? theirs / usual : 1);
  });
};

export const PEERS: Readonly<Record<string, Peer>> = { linear, "last week": lastWeek, "sibling ratio": siblingRatio };

const range = (from: number, to: number) => Array.from({ length: Math.max(0, to - from + 1) }, (_, k) => from + k);

function medianAround(panel: Panel, isMissing: readonly Uint8Array[], series: number, slot: number): number {
  const week = 7 * SLOTS[panel.step];
  const weeks = [...range(-WEEKS, -1), ...range(1, WEEKS)];
  const known = weeks
    .map((k) => knownAt(panel, isMissing, series, slot + k * week))
    .filter((each) => !Number.isNaN(each));
  const sorted = known.sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

function correlation(panel: Panel, isMissing: readonly Uint8Array[], one: number, other: number): number {
  let [n, x, y, xx, yy, xy] = [0, 0, 0, 0, 0, 0];
  for (let slot = 0; slot < panel.values[one]!.length; slot++) {
    const [a, b] = [knownAt(panel, isMissing, one, slot), knownAt(panel, isMissing, other, slot)];
    if (Number.isNaN(a + b)) continue;
    n++;
    x += a;
    y += b;
    xx += a * a;
    yy += b * b;
    xy += a * b;
  }
  return (n * xy - x * y) / Math.sqrt((n * xx - x * x) * (n * yy - y * y) + 1e-9);
}
