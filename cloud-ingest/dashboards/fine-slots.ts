import type { TrafficRow } from "../warehouse/port.ts";
import { localAfter, type Slot, slotOf } from "./slots.ts";

const BLOCK_GAP_S = 1800;
const MAX_SLOTS = 60;
const MIN_SLOTS = 8;
const STEPS_S = [1, 2, 5, 10, 15, 20, 30, 60, 120, 180, 300, 600, 900, 1800, 3600] as const;

/** A short stretch of time, cut into equal steps. */
export interface FineSpan {
  readonly start: string;
  readonly steps: number;
  readonly stepS: number;
}

/** The last stretch without a long gap, with steps as short as the windows but at most 60 of them. */
export function fineSpanOf(windows: readonly TrafficRow[]): FineSpan | undefined {
  const block = lastBlock([...windows].sort((a, b) => a.localStart.localeCompare(b.localStart)));
  const [first] = block;
  if (!first) return undefined;
  const startS = secondsOf(first.localStart);
  const endS = block.reduce((end, row) => Math.max(end, secondsOf(row.localStart) + row.spanS), startS);
  const longestS = block.reduce((longest, row) => Math.max(longest, row.spanS), 1);
  return alignedSpan(startS, endS, longestS);
}

/** One line's or zone's windows put into the steps of the span. */
export function fineSlots(rows: readonly TrafficRow[], span: FineSpan, nowLocal: string): readonly Slot[] {
  return Array.from({ length: span.steps }, (_, step) => {
    const start = localAfter(span.start, step * span.stepS);
    const end = localAfter(start, span.stepS);
    const within = rows.filter((row) => row.localStart >= start && row.localStart < end);
    return slotOf({ start, lengthS: span.stepS, rows: within, nowLocal });
  });
}

function alignedSpan(startS: number, endS: number, windowS: number): FineSpan {
  const stepS = STEPS_S.find((step) => step >= windowS && (endS - startS) / step <= MAX_SLOTS) ?? 3600;
  const alignedS = Math.floor(startS / stepS) * stepS;
  const steps = Math.ceil((endS - alignedS) / stepS);
  return { start: localAfter("1970-01-01T00:00:00", alignedS), steps: Math.max(steps, MIN_SLOTS), stepS };
}

function lastBlock(sorted: readonly TrafficRow[]): readonly TrafficRow[] {
  const breakAt = sorted.findLastIndex((row, index) => {
    const before = sorted[index - 1];
    return (
      before !== undefined && secondsOf(row.localStart) - secondsOf(before.localStart) > BLOCK_GAP_S + before.spanS
    );
  });
  return sorted.slice(Math.max(0, breakAt));
}

function secondsOf(local: string): number {
  return Date.parse(`${local}Z`) / 1000;
}
