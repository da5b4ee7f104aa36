import { MAD_SCALE, median } from "../expectation/numbers.ts";

/** Shares of a date over its cells (hours, or hours of both directions), and how the fault would move the usual ones. */
export interface Profiles {
  readonly cells: number;
  readonly days: number;
  /** `days * cells`, people or their shares; NaN in a cell that was not seen. */
  readonly seen: Float64Array;
  /** `days * cells`, sums to 1. */
  readonly usual: Float64Array;
  /** By cell, from which cell of `usual` the fault takes its people. */
  readonly source: Int32Array;
  /** By date, 1 where the date may set the standard. */
  readonly isOrdinary: Uint8Array;
}

/** A date counts when cells with this part of its people were seen. */
const MIN_SEEN = 0.5;
/** A cell that nobody uses still has some chance. */
const FLOOR = 0.002;
/** One date cannot carry more nats: an evening of an event may look like anything, two dates do not. */
const MOST_NATS = 8;
/** The moved profile must fit nearly as well as the unmoved one does on ordinary dates; an event's crowd fits neither. */
const FIT = 1.6;
/** The two must lie this many standard deviations apart, else a date says nothing. */
const LEAST_APART = 1;

/**
 * By date, nats for the moved profile against the usual one: log-likelihood ratio of two normal distributions of the projection
 * x = sum seen * log(moved / usual), one about where ordinary dates lie, one about where they would lie if moved. NaN: not judged.
 */
export function profileEvidence(profiles: Profiles): Float64Array {
  const { days } = profiles;
  const at = new Float64Array(days).fill(Number.NaN);
  const moved = new Float64Array(days).fill(Number.NaN);
  const misfit = new Float64Array(days).fill(Number.NaN);
  const movedMisfit = new Float64Array(days).fill(Number.NaN);
  for (let day = 0; day < days; day++) project(profiles, day, { at, moved, misfit, movedMisfit });
  return ratios(profiles, { at, moved, misfit, movedMisfit });
}

interface Projections {
  readonly at: Float64Array;
  readonly moved: Float64Array;
  readonly misfit: Float64Array;
  readonly movedMisfit: Float64Array;
}

/** Over the cells that were seen, of which all three profiles are made to sum to 1. */
function project({ cells, seen, usual, source }: Profiles, day: number, into: Projections): void {
  const base = day * cells;
  let [whole, plainWhole, otherWhole] = [0, 0, 0];
  for (let cell = 0; cell < cells; cell++) {
    if (Number.isNaN(seen[base + cell]!)) continue;
    whole += seen[base + cell]!;
    plainWhole += usual[base + cell]!;
    otherWhole += usual[base + source[cell]!]!;
  }
  if (!(plainWhole > MIN_SEEN && otherWhole > MIN_SEEN && whole > 0)) return;
  let [x, y, d0, d1] = [0, 0, 0, 0];
  for (let cell = 0; cell < cells; cell++) {
    const share = seen[base + cell]! / whole;
    if (Number.isNaN(share)) continue;
    const plain = usual[base + cell]! / plainWhole;
    const other = usual[base + source[cell]!]! / otherWhole;
    const score = Math.log((other + FLOOR) / (plain + FLOOR));
    x += share * score;
    y += other * score;
    d0 += Math.abs(share - plain);
    d1 += Math.abs(share - other);
  }
  into.at[day] = x;
  into.moved[day] = y;
  into.misfit[day] = d0;
  into.movedMisfit[day] = d1;
}

function ratios({ days, isOrdinary }: Profiles, { at, moved, misfit, movedMisfit }: Projections): Float64Array {
  const only = (values: Float64Array) =>
    values.filter((value, day) => isOrdinary[day] === 1 && !Number.isNaN(value + at[day]!));
  const zero = median(only(at));
  const scatter = MAD_SCALE * median(only(at).map((value) => Math.abs(value - zero)));
  const usualMisfit = median(only(misfit));
  const nats = new Float64Array(days).fill(Number.NaN);
  for (let day = 0; day < days; day++) {
    const apart = moved[day]! - zero;
    const sigma = Math.max(scatter, apart / 8);
    if (!(apart > LEAST_APART * sigma)) continue;
    const ratio = ((at[day]! - zero) ** 2 - (at[day]! - moved[day]!) ** 2) / (2 * sigma ** 2);
    const isFit = movedMisfit[day]! <= FIT * usualMisfit && movedMisfit[day]! < misfit[day]!;
    nats[day] = Math.max(-MOST_NATS, Math.min(ratio, isFit ? MOST_NATS : 0));
  }
  return nats;
}
