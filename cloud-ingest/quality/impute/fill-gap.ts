// biome-ignore-all lint/style/noNonNullAssertion: a numeric folder, as those of the edge (style 15).
import { bridgeOver } from "./bridge.ts";
import { deviations, robustProfile } from "./columns.ts";
import { type GapWindow, windowOf } from "./gap-window.ts";
import type { Gap } from "./gaps.ts";
import type { History } from "./history.ts";
import { METHOD_CODES } from "./imputed-panel.ts";
import { Intervals } from "./interval.ts";
import { type BridgedErrors, bridgedErrors } from "./left-out.ts";
import { fitSiblings, type SiblingFit, type Teaching } from "./regression.ts";

/** What fills one part of a gap: one entry per slot from `gap.first`. */
export interface Filling {
  readonly values: Float64Array;
  readonly lo80: Float64Array;
  readonly hi80: Float64Array;
  readonly methods: Uint8Array;
}

const LEAST_DAYS = 14;

/**
 * Fills a part of a gap by what the siblings counted in it, relative to their and the target's ordinary level of that weekday and
 * hour on both sides of the gap, and by how far the target's last hours and days before and after it were off from that.
 * `undefined` where fewer than two weeks of history teach.
 */
export function fillGap(history: History, gap: Gap, candidates: readonly number[]): Filling | undefined {
  const window = windowOf(history, gap);
  const offset = history.offsetOf(gap.series);
  const own = history.levelsOf(gap.series);
  const deviation = deviations(window, own);
  const expected = deviation.map((each, row) => Math.max(0, Math.exp(own[window.from + row]! - each) - offset));
  const teaching = { deviation, weight: teachingWeights(history, window, expected) };
  if (daysOf(history, window, teaching) < LEAST_DAYS) return undefined;
  const fit = fitSiblings(history, window, teaching, candidates);
  const rest = restOf(own, fit);
  const profile = robustProfile(window, rest, history.options.profileBound);
  const residuals = profile.map((each, row) =>
    teaching.weight[row]! > 0 ? rest[window.from + row]! - each : Number.NaN,
  );
  const length = gap.last - gap.first;
  const bridge = bridgeOver(residuals, length, history.perDay);
  const errors = bridgedErrors({ history, window, residuals, optimism: fit.optimism, own, expected, bridge });
  return filled({ history, window, fit, own, rest, profile, expected, residuals, errors, bridge });
}

interface Parts {
  readonly history: History;
  readonly window: GapWindow;
  readonly fit: SiblingFit;
  readonly own: Float32Array;
  readonly rest: Float64Array;
  readonly profile: Float64Array;
  readonly expected: Float64Array;
  readonly residuals: Float64Array;
  readonly errors: BridgedErrors;
  readonly bridge: ReturnType<typeof bridgeOver>;
}

function filled({ history, window, fit, own, rest, profile, residuals, errors, bridge }: Parts): Filling {
  const { gap, from } = window;
  const length = gap.last - gap.first;
  const offset = history.offsetOf(gap.series);
  const meanRest = meanOf(residuals.map((each, row) => (Number.isNaN(each) ? Number.NaN : rest[from + row]!)));
  const intervals = new Intervals(errors, offset);
  const correction = new Float64Array(length);
  bridge.apply(residuals, gap.first - from, correction);
  const out: Filling = emptyFilling(length);
  for (let at = 0; at < length; at++) {
    const [slot, row] = [gap.first + at, gap.first + at - from];
    out.methods[at] = fit.siblings.some((series) => history.isKnown(series, slot))
      ? METHOD_CODES.siblings
      : METHOD_CODES.profile;
    if (window.isQuiet[row] === 1) continue;
    const siblings = own[slot]! - rest[slot]!;
    const base = Number.isNaN(profile[row]!) ? meanRest : profile[row]!;
    const log = base + siblings + errors.share * correction[at]!;
    const plain = Math.max(0, Math.exp(log) - offset);
    const { low, high, smear } = intervals.at(plain);
    const value = plain * smear;
    out.values[at] = value;
    out.lo80[at] = Math.min(value, Math.max(0, Math.exp(log + low) - offset));
    out.hi80[at] = Math.max(value, Math.exp(log + high) - offset);
  }
  return out;
}

function emptyFilling(length: number): Filling {
  const zeros = () => new Float64Array(length);
  return { values: zeros(), lo80: zeros(), hi80: zeros(), methods: new Uint8Array(length) };
}

/** The target's level less what its siblings explain. */
function restOf(own: Float32Array, { levels, coefficients }: SiblingFit): Float64Array {
  const rest = Float64Array.from(own);
  for (let f = 0; f < levels.length; f++) {
    const [level, coefficient] = [levels[f]!, coefficients[f]!];
    for (let slot = 0; slot < rest.length; slot++) rest[slot]! -= coefficient * level[slot]!;
  }
  return rest;
}

/** Rows weigh by level and nearness to the gap; 0 in the gap, where unknown, and where the place never has a visitor. */
function teachingWeights(history: History, window: GapWindow, expected: Float64Array): Float64Array {
  const { gap, from, start } = window;
  const { windowHalfLife, levelPower } = history.options;
  const offset = history.offsetOf(gap.series);
  return expected.map((each, row) => {
    const slot = from + row;
    if (start[row] === start[row + 1] || !history.isKnown(gap.series, slot)) return 0;
    const distance = slot < gap.from ? gap.from - slot : slot - gap.to + 1;
    return (each + offset) ** levelPower * 0.5 ** (distance / history.perWeek / windowHalfLife);
  });
}

/** For a slot that no other stands for. */
function meanOf(values: Float64Array): number {
  const known = values.filter((each) => !Number.isNaN(each));
  return known.reduce((sum, each) => sum + each, 0) / Math.max(1, known.length);
}

function daysOf(history: History, window: GapWindow, { weight }: Teaching): number {
  const days = new Set<number>();
  for (let row = 0; row < weight.length; row++) {
    if (weight[row]! > 0) days.add(Math.floor((window.from + row) / history.perDay));
  }
  return days.size;
}
