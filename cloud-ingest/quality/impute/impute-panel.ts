import type { Panel } from "../panel.ts";
import { Candidates } from "./candidates.ts";
import { type Filling, fillGap } from "./fill-gap.ts";
import { type Gap, gapsOf, missingSlots } from "./gaps.ts";
import { History } from "./history.ts";
import { emptySeries, type ImputedPanel, type ImputedSeries, METHOD_CODES } from "./imputed-panel.ts";
import { type ImputeOptions, OPTIONS } from "./options.ts";
import { fillShort } from "./short-history.ts";

/**
 * Fills every missing slot of a panel: those that `isMissing[series][slot]` marks with 1, whatever stands there, and those without a
 * count (NaN, infinite, negative). A repair knows the time after the gap too. Nothing of the panel is changed. Hours that a clock
 * skips are missing like any other: a caller that knows the zone leaves them out.
 */
export function imputePanel(
  panel: Panel,
  isMissing: readonly Uint8Array[],
  options: ImputeOptions = OPTIONS[panel.step],
): ImputedPanel {
  const history = new History(panel, isMissing, options);
  const candidates = new Candidates(history);
  return { series: panel.names.map((_, series) => imputeSeries(history, candidates, series)) };
}

function imputeSeries(history: History, candidates: Candidates, series: number): ImputedSeries {
  const slots = missingSlots(history, series);
  const out = emptySeries(slots);
  const hasHistory = slots.length < history.length;
  if (slots.length > 0 && hasHistory) {
    const siblings = candidates.of(series);
    for (const gap of gapsOf(history, series, slots)) {
      write(out, gap, fillGap(history, gap, siblings) ?? fillShort(history, gap, siblings));
    }
  }
  close(history, out);
  return out;
}

function write(out: ImputedSeries, gap: Gap, filling: Filling): void {
  const at = lowerBound(out.slots, gap.first);
  out.values.set(filling.values, at);
  out.lo80.set(filling.lo80, at);
  out.hi80.set(filling.hi80, at);
  out.methods.set(filling.methods, at);
}

/** A day on which the place was closed counts nobody, whether or not there is a history. */
function close(history: History, out: ImputedSeries): void {
  for (const [at, slot] of out.slots.entries()) {
    if (history.isClosed[Math.floor(slot / history.perDay)] !== 1) continue;
    for (const part of [out.values, out.lo80, out.hi80]) part[at] = 0;
    out.methods[at] = METHOD_CODES.calendar;
  }
}

/** Where `slot` stands in ascending `slots`. */
function lowerBound(slots: Int32Array, slot: number): number {
  let [low, high] = [0, slots.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((slots[middle] ?? 0) < slot) low = middle + 1;
    else high = middle;
  }
  return low;
}
