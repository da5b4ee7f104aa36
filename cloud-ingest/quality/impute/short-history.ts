// biome-ignore-all lint/style/noNonNullAssertion: a numeric folder, as those of the edge (style 15).
import type { Filling } from "./fill-gap.ts";
import type { Gap } from "./gaps.ts";
import type { History } from "./history.ts";
import { METHOD_CODES } from "./imputed-panel.ts";
import { quantile } from "./interval.ts";

const MOST_KNOWN_DAYS = 90;
const LEAST_ERRORS = 30;
/** Without errors of its own an interval spans a third to three times the value. */
const WIDE = Math.log(3);

/**
 * Fills a gap of a series that is known for less than two weeks: what all siblings counted in that slot times the ratio of the
 * series to them over the slots that it is known, else its mean at that hour, else its mean.
 */
export function fillShort(history: History, gap: Gap, candidates: readonly number[]): Filling {
  const known = nearestKnown(history, gap);
  const sums = siblingSums(history, gap, candidates, known);
  const [own, theirs] = totals(history, gap.series, known, sums);
  const hours = hourMeans(history, gap.series, known);
  const fromSiblings = (slot: number) => (theirs > 0 ? (sums.get(slot) ?? Number.NaN) * (own / theirs) : Number.NaN);
  const expect = (slot: number) => firstKnown(fromSiblings(slot), hours[slot % history.perDay]!, own / known.length);
  const [low, high] = bounds(
    known.map((slot) => Math.log((history.panel.values[gap.series]![slot]! + 1) / (expect(slot) + 1))),
  );
  const values = Float64Array.from({ length: gap.last - gap.first }, (_, at) => expect(gap.first + at));
  const isSibling = (at: number) => !Number.isNaN(fromSiblings(gap.first + at));
  return {
    values,
    lo80: values.map((value) => Math.max(0, Math.min(value, (value + 1) * Math.exp(low) - 1))),
    hi80: values.map((value) => Math.max(value, (value + 1) * Math.exp(high) - 1)),
    methods: Uint8Array.from(values, (_, at) => (isSibling(at) ? METHOD_CODES.siblings : METHOD_CODES.profile)),
  };
}

/** Known slots of the series, those nearest to the gap, at most three months of them. */
function nearestKnown(history: History, gap: Gap): number[] {
  const most = MOST_KNOWN_DAYS * history.perDay;
  const found: number[] = [];
  for (let step = 1; step <= history.length && found.length < most; step++) {
    for (const slot of [gap.from - step, gap.to - 1 + step]) if (history.isKnown(gap.series, slot)) found.push(slot);
  }
  return found;
}

/** Per slot the sum of those siblings that are known in the whole gap and in every slot that the series is known. */
function siblingSums(
  history: History,
  gap: Gap,
  candidates: readonly number[],
  known: readonly number[],
): Map<number, number> {
  const slots = [...known];
  for (let slot = gap.first; slot < gap.last; slot++) slots.push(slot);
  const there = candidates.filter((series) => slots.every((slot) => history.isKnown(series, slot)));
  const sumAt = (slot: number) => there.reduce((sum, series) => sum + history.panel.values[series]![slot]!, 0);
  return new Map(there.length === 0 ? [] : slots.map((slot) => [slot, sumAt(slot)]));
}

function totals(
  history: History,
  series: number,
  known: readonly number[],
  sums: Map<number, number>,
): [number, number] {
  let [own, theirs] = [0, 0];
  for (const slot of known) {
    own += history.panel.values[series]![slot]!;
    theirs += sums.get(slot) ?? 0;
  }
  return [own, theirs];
}

/** Per slot of a day the mean of the known days; NaN where none is. */
function hourMeans(history: History, series: number, known: readonly number[]): Float64Array {
  const sums = new Float64Array(history.perDay);
  const counts = new Float64Array(history.perDay);
  for (const slot of known) {
    sums[slot % history.perDay]! += history.panel.values[series]![slot]!;
    counts[slot % history.perDay]!++;
  }
  return sums.map((sum, hour) => sum / counts[hour]!);
}

const firstKnown = (...values: number[]) => values.find((value) => !Number.isNaN(value)) ?? 0;

function bounds(errors: readonly number[]): [number, number] {
  if (errors.length < LEAST_ERRORS) return [-WIDE, WIDE];
  const sorted = Float64Array.from(errors).sort();
  return [quantile(sorted, 0.05), quantile(sorted, 0.95)];
}
