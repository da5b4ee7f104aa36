import type { ImputedPanel } from "../../../cloud-ingest/quality/impute/imputed-panel.ts";
import type { Panel } from "../../../cloud-ingest/quality/panel.ts";
import type { MadeGap } from "./made-gaps.ts";

/** Sums over slots that were filled and whose truth is known. */
export class Score {
  #absolute = 0;
  #signed = 0;
  #truth = 0;
  #covered = 0;
  #counted = 0;

  add(truth: number, value: number, interval?: { readonly lo: number; readonly hi: number }): void {
    this.#absolute += Math.abs(value - truth);
    this.#signed += value - truth;
    this.#truth += truth;
    // A slot in which nobody ever comes is known, not uncertain: it says nothing of an interval.
    if (interval === undefined || (interval.hi === 0 && truth === 0)) return;
    this.#counted++;
    if (truth >= interval.lo && truth <= interval.hi) this.#covered++;
  }

  /** Sum of absolute errors over sum of the truth, per cent. */
  get wape(): number {
    return (100 * this.#absolute) / this.#truth;
  }

  /** Sum of errors over sum of the truth, per cent. */
  get bias(): number {
    return (100 * this.#signed) / this.#truth;
  }

  /** How many slots the coverage stands on. */
  get slots(): number {
    return this.#counted;
  }

  /** Share of the uncertain slots whose truth lies in the interval. */
  get coverage(): number {
    return this.#covered / this.#counted;
  }
}

export function addImputed(score: Score, panel: Panel, imputed: ImputedPanel, gaps: readonly MadeGap[]): void {
  for (const { series, from, to } of gaps) {
    const { slots, values, lo80, hi80 } = imputed.series[series]!;
    for (let at = slots.indexOf(from); slots[at]! < to; at++) {
      score.add(panel.values[series]![slots[at]!]!, values[at]!, { lo: lo80[at]!, hi: hi80[at]! });
    }
  }
}
