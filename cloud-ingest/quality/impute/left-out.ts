// biome-ignore-all lint/style/noNonNullAssertion: a numeric folder, as those of the edge (style 15).
import type { Bridge } from "./bridge.ts";
import type { GapWindow } from "./gap-window.ts";
import type { History } from "./history.ts";
import type { LeftOutErrors } from "./interval.ts";

const MOST_BRIDGED_WEEKS = 4;
const SHARES = [0, 0.5, 1] as const;

/** Left-out errors of gaps that were made in known slots: as long as the real one, at the same hours, bridged in the same way. */
export interface BridgedErrors extends LeftOutErrors {
  /** How much of the bridge's word is taken, by the least error of the made gaps. */
  readonly share: number;
}

interface Made {
  readonly history: History;
  readonly window: GapWindow;
  /** Per row of the window; NaN where unknown. */
  readonly residuals: Float64Array;
  readonly optimism: Float64Array;
  readonly own: Float32Array;
  readonly expected: Float64Array;
  readonly bridge: Bridge;
}

export function bridgedErrors(made: Made): BridgedErrors {
  const { residuals, optimism, window, own, expected } = made;
  const { rows, corrections } = madeGaps(made);
  const errorOf = (k: number, share: number) => residuals[rows[k]!]! + optimism[rows[k]!]! - share * corrections[k]!;
  let [share, least] = [0, Number.POSITIVE_INFINITY];
  for (const each of SHARES) {
    let loss = 0;
    for (let k = 0; k < rows.length; k++) loss += Math.abs(errorOf(k, each)) * Math.sqrt(expected[rows[k]!]! + 1);
    if (loss < least) [share, least] = [each, loss];
  }
  const errors = Float64Array.from(rows, (_, k) => errorOf(k, share));
  const predicted = Float64Array.from(rows, (row, k) => own[window.from + row]! - errors[k]!);
  const offset = made.history.offsetOf(window.gap.series);
  return { share, errors, predicted, expected: predicted.map((log) => Math.max(0, Math.exp(log) - offset)) };
}

/** Every known row of gaps that start at the real one's hour, and what the bridge says of it. */
function madeGaps({ history, window, residuals, bridge }: Made): { rows: Int32Array; corrections: Float64Array } {
  const { gap, from } = window;
  const length = gap.last - gap.first;
  const isBridged = gap.to - gap.from <= MOST_BRIDGED_WEEKS * history.perWeek;
  const stride = Math.min(history.perWeek, Math.max(1, Math.floor(length / history.perDay)) * history.perDay);
  const [rows, corrections]: [number[], number[]] = [[], []];
  const correction = new Float64Array(length);
  for (let first = (gap.first - from) % stride; first + length <= residuals.length; first += stride) {
    correction.fill(0);
    if (isBridged) bridge.apply(residuals, first, correction);
    for (let at = 0; at < length; at++) {
      if (Number.isNaN(residuals[first + at]!)) continue;
      rows.push(first + at);
      corrections.push(correction[at]!);
    }
  }
  return { rows: Int32Array.from(rows), corrections: Float64Array.from(corrections) };
}
