// biome-ignore-all lint/style/noNonNullAssertion: a numeric folder, as those of the edge (style 15).
import type { History } from "./history.ts";

/** Missing slots in a row, `from` to before `to`; of a long run `first` to before `last` is the part that is filled at a time. */
export interface Gap {
  readonly series: number;
  readonly from: number;
  readonly to: number;
  readonly first: number;
  readonly last: number;
}

const CHUNK_WEEKS = 4;

/** Every slot of a series that must be filled, ascending. */
export function missingSlots(history: History, series: number): Int32Array {
  const found: number[] = [];
  for (let slot = 0; slot < history.length; slot++) if (!history.isKnown(series, slot)) found.push(slot);
  return Int32Array.from(found);
}

/** The runs of missing slots, in chunks of at most four weeks, since which siblings were there may change in a long one. */
export function gapsOf(history: History, series: number, slots: Int32Array): Gap[] {
  const gaps: Gap[] = [];
  const chunk = CHUNK_WEEKS * history.perWeek;
  for (let at = 0; at < slots.length; ) {
    const from = slots[at]!;
    let to = from + 1;
    while (slots[at + to - from] === to) to++;
    for (let first = from; first < to; first += chunk) {
      gaps.push({ series, from, to, first, last: Math.min(to, first + chunk) });
    }
    at += to - from;
  }
  return gaps;
}
