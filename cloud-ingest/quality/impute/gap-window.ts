// biome-ignore-all lint/style/noNonNullAssertion: a numeric folder, as those of the edge (style 15).
import type { Gap } from "./gaps.ts";
import type { History } from "./history.ts";
import { sundayShift } from "./holidays.ts";

/** Weeks up to which the rows of the training are as far from their neighbours as the slots of the gap are. */
const MAX_HOLE = 8;
const NEAR_DAYS = 14;
const DAY_HALF_LIFE = 3;

/** The slots around a gap, `from` to before `to`, and for each the slots that stand for it: same weekday and hour in other weeks. */
export interface GapWindow {
  readonly gap: Gap;
  readonly from: number;
  readonly to: number;
  /** Neighbours of slot `from + row` are `slots[start[row]]` to before `slots[start[row + 1]]`; weights add to 1. */
  readonly start: Int32Array;
  readonly slots: Int32Array;
  readonly weights: Float64Array;
}

/** The window of a gap: as many weeks on both sides as the options say, more on one side where the other has less. */
export function windowOf(history: History, gap: Gap): GapWindow {
  const reach = history.options.window * history.perWeek;
  const missingLeft = Math.max(0, reach - gap.from);
  const missingRight = Math.max(0, gap.to + reach - history.length);
  const from = Math.max(0, gap.from - reach - missingRight);
  const to = Math.min(history.length, gap.to + reach + missingLeft);
  return { gap, from, to, ...neighboursOf(history, gap, from, to) };
}

function neighboursOf(history: History, gap: Gap, from: number, to: number) {
  const rows = to - from;
  const most = 2 * Math.max(history.options.weeks + 1, NEAR_DAYS);
  const start = new Int32Array(rows + 1);
  const slots = new Int32Array(rows * most);
  const weights = new Float64Array(rows * most);
  const usable = usableSlots(history, gap.series);
  const shiftOf = sundayShift(history, gap.series);
  const hole = Math.min(MAX_HOLE, Math.max(1, Math.round((gap.to - gap.from) / (2 * history.perWeek))));
  const out = { slots, weights, count: 0 };
  for (let row = 0; row < rows; row++) {
    const slot = from + row;
    const isTarget = slot >= gap.from && slot < gap.to;
    if (!isTarget || (slot >= gap.first && slot < gap.last)) {
      const shift = shiftOf(slot);
      weeksAround({ history, usable, slot: slot + shift, hole: shift === 0 ? hole : 0, isTarget }, out);
      if (out.count === start[row]) daysAround(history, usable, slot, out);
      normalise(weights, start[row]!, out.count);
    }
    start[row + 1] = out.count;
  }
  return { start, slots: slots.slice(0, out.count), weights: weights.slice(0, out.count) };
}

interface Found {
  readonly slots: Int32Array;
  readonly weights: Float64Array;
  count: number;
}

interface Around {
  readonly history: History;
  readonly usable: Uint8Array;
  readonly slot: number;
  readonly hole: number;
  readonly isTarget: boolean;
}

/** A slot of the gap takes the nearest weeks that are known on each side, one of the training those beyond a hole of equal size. */
function weeksAround({ history, usable, slot, hole, isTarget }: Around, out: Found): void {
  const { weeks, weekHalfLife } = history.options;
  const limit = isTarget ? Math.ceil(history.length / history.perWeek) : hole + weeks - 1;
  const first = isTarget ? Math.min(hole, 1) : hole;
  for (const side of [-1, 1]) {
    let found = 0;
    for (let week = first; week <= limit && found < weeks; week++) {
      const neighbour = slot + side * week * history.perWeek;
      if (neighbour < 0 || neighbour >= history.length) break;
      if (usable[neighbour] === 0 || (week === 0 && side === 1)) continue;
      out.slots[out.count] = neighbour;
      out.weights[out.count++] = 0.5 ** ((week - first) / weekHalfLife);
      found++;
    }
  }
}

function daysAround(history: History, usable: Uint8Array, slot: number, out: Found): void {
  for (let day = 1; day <= NEAR_DAYS; day++) {
    for (const neighbour of [slot - day * history.perDay, slot + day * history.perDay]) {
      if (usable[neighbour] !== 1) continue;
      out.slots[out.count] = neighbour;
      out.weights[out.count++] = 0.5 ** (day / DAY_HALF_LIFE);
    }
  }
}

function normalise(weights: Float64Array, from: number, to: number): void {
  let sum = 0;
  for (let at = from; at < to; at++) sum += weights[at]!;
  for (let at = from; at < to; at++) weights[at]! /= sum;
}

/** 1 where the series is known on an ordinary day. */
function usableSlots(history: History, series: number): Uint8Array {
  const usable = new Uint8Array(history.length);
  for (let slot = 0; slot < usable.length; slot++) {
    const isOrdinary = history.isOrdinary[Math.floor(slot / history.perDay)] === 1;
    usable[slot] = isOrdinary && history.isKnown(series, slot) ? 1 : 0;
  }
  return usable;
}
