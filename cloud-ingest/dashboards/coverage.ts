import { groupBy } from "../group-by.ts";
import type { TrafficRow } from "../warehouse/port.ts";
import { localAfter } from "./slots.ts";
import { cameraKeyOf } from "./targets.ts";

/** How long one camera watched on a day, of the time between its first and its last count. */
export interface Coverage {
  readonly camera: string;
  readonly observedS: number;
  readonly share: number;
  /** Local `YYYY-MM-DDTHH:MM:SS`. */
  readonly from: string;
  readonly to: string;
}

/** A stretch of a camera's day; stretches follow each other without a gap. */
interface Span {
  readonly start: string;
  readonly end: string;
  readonly lengthS: number;
  readonly observedS: number;
}

/** Coverage of each camera from its hours of one day; `lengthsS` are the true lengths of hours 0..23. */
export function hourlyCoverage(rows: readonly TrafficRow[], lengthsS: readonly number[]): readonly Coverage[] {
  return byCamera(rows, (own) => hourSpans(own, lengthsS));
}

/** Coverage of each camera from its windows, to the second. */
export function windowCoverage(rows: readonly TrafficRow[]): readonly Coverage[] {
  return byCamera(rows, windowSpans);
}

function byCamera(
  rows: readonly TrafficRow[],
  spansOf: (rows: readonly TrafficRow[]) => readonly Span[],
): readonly Coverage[] {
  const cameras = [...groupBy(rows, cameraKeyOf)].sort(([a], [b]) => a.localeCompare(b));
  return cameras.flatMap(([camera, own]) => coverageOf(camera, spansOf(own)));
}

function coverageOf(camera: string, spans: readonly Span[]): readonly Coverage[] {
  const isSeen = (span: Span) => span.observedS > 0;
  const seen = spans.slice(spans.findIndex(isSeen), spans.findLastIndex(isSeen) + 1);
  const [first] = seen;
  const last = seen.at(-1);
  if (!first || !last || !isSeen(first)) return [];
  const observedS = seen.reduce((sum, span) => sum + span.observedS, 0);
  return [{ camera, observedS, share: observedS / expectedS(seen), from: first.start, to: last.end }];
}

// When watching began in the first stretch and ended in the last one is not known: those two expect what they have.
function expectedS(seen: readonly Span[]): number {
  const isEdge = (index: number) => index === 0 || index === seen.length - 1;
  return seen.reduce((sum, span, index) => sum + (isEdge(index) ? span.observedS : span.lengthS), 0);
}

function hourSpans(rows: readonly TrafficRow[], lengthsS: readonly number[]): readonly Span[] {
  const date = rows[0]?.businessDate ?? "";
  return lengthsS.map((lengthS, hour) => {
    const start = `${date}T${String(hour).padStart(2, "0")}:00:00`;
    const observedS = mostObservedS(rows.filter((row) => row.localStart.slice(0, 13) === start.slice(0, 13)));
    return { start, end: localAfter(start, 3600), lengthS, observedS: Math.min(observedS, lengthS) };
  });
}

function windowSpans(rows: readonly TrafficRow[]): readonly Span[] {
  const spans: Span[] = [];
  for (const [start, same] of [...groupBy(rows, (row) => row.localStart)].sort(([a], [b]) => a.localeCompare(b))) {
    const before = spans.at(-1);
    if (before && before.end < start) spans.push(spanOf(before.end, start, 0));
    const end = localAfter(start, Math.max(...same.map((row) => row.spanS)));
    spans.push(spanOf(start, end, mostObservedS(same)));
  }
  return spans;
}

function spanOf(start: string, end: string, observedS: number): Span {
  const lengthS = (Date.parse(`${end}Z`) - Date.parse(`${start}Z`)) / 1000;
  return { start, end, lengthS, observedS: Math.min(observedS, lengthS) };
}

// Every line and zone of a camera reports the same observed time, once for each wall-clock start.
function mostObservedS(rows: readonly TrafficRow[]): number {
  const byTarget = groupBy(rows, (row) => `${row.targetKind}/${row.targetId}`);
  return Math.max(0, ...[...byTarget.values()].map((own) => own.reduce((sum, row) => sum + row.observedS, 0)));
}
