import type { TrafficRow } from "../warehouse/port.ts";
import { localAfter, type Slot, slotOf } from "./slots.ts";

const MAX_SLOTS = 60;
const MIN_SLOTS = 8;
const STEPS_S = [1, 2, 5, 10, 15, 20, 30, 60, 120, 180, 300, 600, 900, 1800, 3600] as const;

/** A stretch of time, cut into equal steps. */
export interface FineSpan {
  readonly start: string;
  readonly end: string;
  readonly steps: number;
  readonly stepS: number;
}

/** From the first window to the last, with steps as short as the windows but at most 60 of them. */
export function fineSpanOf(windows: readonly TrafficRow[]): FineSpan | undefined {
  const [first] = windows;
  if (!first) return undefined;
  const startS = windows.reduce(
    (start, row) => Math.min(start, secondsOf(row.localStart)),
    secondsOf(first.localStart),
  );
  const endS = windows.reduce((end, row) => Math.max(end, secondsOf(row.localStart) + row.spanS), startS);
  const longestS = windows.reduce((longest, row) => Math.max(longest, row.spanS), 1);
  return alignedSpan(startS, endS, longestS);
}

/** One line's or zone's windows put into the steps of the span; where watching began and ended all is due that was. */
export function fineSlots(rows: readonly TrafficRow[], span: FineSpan, nowLocal: string): readonly Slot[] {
  return Array.from({ length: span.steps }, (_, step) => {
    const start = localAfter(span.start, step * span.stepS);
    const end = localAfter(start, span.stepS);
    const within = rows.filter((row) => row.localStart >= start && row.localStart < end);
    const expectedS = step > 0 && end < span.end ? span.stepS : 0;
    return slotOf({ start, lengthS: span.stepS, expectedS, rows: within, nowLocal });
  });
}

function alignedSpan(startS: number, endS: number, windowS: number): FineSpan {
  const stepS = STEPS_S.find((step) => step >= windowS && (endS - startS) / step <= MAX_SLOTS) ?? 3600;
  const alignedS = Math.floor(startS / stepS) * stepS;
  const steps = Math.ceil((endS - alignedS) / stepS);
  const local = (seconds: number) => localAfter("1970-01-01T00:00:00", seconds);
  return { start: local(alignedS), end: local(endS), steps: Math.max(steps, MIN_SLOTS), stepS };
}

function secondsOf(local: string): number {
  return Date.parse(`${local}Z`) / 1000;
}
