// Stands in for `impute/impute-panel.ts` until that is merged, behind the same shape; goes then.
import type { Panel } from "./panel.ts";

/** What stands in the missing slots of one series: parallel arrays, one entry per missing slot, ascending; NaN without a history. */
export interface ImputedSeries {
  readonly slots: Int32Array;
  readonly values: Float64Array;
  readonly lo80: Float64Array;
  readonly hi80: Float64Array;
}

export interface ImputedPanel {
  readonly series: readonly ImputedSeries[];
}

const WEEKS = 6;
const LOW = 0.1;
const HIGH = 0.9;

/** Median and 10 to 90 % range of the same weekday and hour in the six weeks on either side. */
export function imputePanel({ values, step }: Panel, isMissing: readonly Uint8Array[]): ImputedPanel {
  const week = step === "hour" ? 168 : 7;
  return {
    series: values.map((series, i) => imputeSeries(series, isMissing[i] ?? new Uint8Array(series.length), week)),
  };
}

function imputeSeries(series: Float64Array, isMissing: Uint8Array, week: number): ImputedSeries {
  const slots = Int32Array.from([...isMissing.keys()].filter((slot) => isMissing[slot] === 1));
  const blank = () => new Float64Array(slots.length).fill(Number.NaN);
  const imputed = { slots, values: blank(), lo80: blank(), hi80: blank() };
  slots.forEach((slot, at) => {
    const near: number[] = [];
    for (let weeks = -WEEKS; weeks <= WEEKS; weeks++) {
      const other = slot + weeks * week;
      if (isMissing[other] === 0 && series[other]! >= 0) near.push(series[other]!);
    }
    if (near.length === 0) return;
    near.sort((a, b) => a - b);
    const rank = (share: number) => near[Math.round(share * (near.length - 1))]!;
    imputed.values[at] = rank(0.5);
    imputed.lo80[at] = rank(LOW);
    imputed.hi80[at] = rank(HIGH);
  });
  return imputed;
}
