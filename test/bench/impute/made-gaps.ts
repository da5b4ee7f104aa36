import { type Panel, SLOTS } from "../../../cloud-ingest/quality/panel.ts";

export interface MadeGap {
  readonly series: number;
  readonly from: number;
  readonly to: number;
}

export interface GapClass {
  readonly name: string;
  readonly slots: number;
}

const APART_WEEKS = 4;
const TRIES = 200;

/** Gaps at random places that have truth in each slot; those of a series lie at least four weeks apart. */
export function makeGaps(panel: Panel, slots: number, perSeries: number, random: () => number): MadeGap[] {
  const perDay = SLOTS[panel.step];
  const step = slots >= perDay ? perDay : 1;
  return panel.values.flatMap((values, series) => {
    const made: MadeGap[] = [];
    for (let each = 0; each < TRIES && made.length < perSeries; each++) {
      const from = Math.floor((random() * (values.length - slots)) / step) * step;
      const isApart = made.every((other) => Math.abs(other.from - from) >= APART_WEEKS * 7 * perDay + slots);
      const hasTruth = values.subarray(from, from + slots).every((each) => !Number.isNaN(each));
      if (isApart && hasTruth) made.push({ series, from, to: from + slots });
    }
    return made;
  });
}

/** Which slots the gaps hide, in the shape that `imputePanel` takes. */
export function masks(panel: Panel, gaps: readonly MadeGap[]): Uint8Array[] {
  const isMissing = panel.values.map((values) => new Uint8Array(values.length));
  for (const { series, from, to } of gaps) isMissing[series]!.fill(1, from, to);
  return isMissing;
}
