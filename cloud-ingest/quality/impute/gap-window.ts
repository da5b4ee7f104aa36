// biome-ignore-all lint/style/noNonNullAssertion: a numeric folder, as those of the edge (style 15).
import type { Gap } from "./gaps.ts";
import type { History } from "./history.ts";
import { sundayShift } from "./holidays.ts";

/** Weeks up to which the rows of the training are as far from their neighbours as the slots of the gap are. */
const MAX_HOLE = 8;
const NEAR_DAYS = 14;
const DAY_HALF_LIFE = 3;
const LEAST_ZEROS = 3;

/** The slots around a gap, `from` to before `to`, and for each the slots that stand for it: same weekday and hour in other weeks. */
export interface GapWindow {
  readonly gap: Gap;
  readonly from: number;
  readonly to: number;
  /** Neighbours of slot `from + row` are `slots[start[row]]` to before `slots[start[row + 1]]`; weights add to 1. */
  readonly start: Int32Array;
  readonly slots: Int32Array;
  readonly weights: Float64Array;
  /** Per row: 1 where neither the slot nor its neighbours, which are then left out, ever had a visitor. */
  readonly isQuiet: Uint8Array;
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
  const isQuiet = new Uint8Array(rows);
  const shiftOf = sundayShift(history, gap.series);
  const hole = Math.min(MAX_HOLE, Math.max(1, Math.round((gap.to - gap.from) / (2 * history.perWeek))));
  const out = new Neighbours(history, gap.series, rows * most);
  for (let row = 0; row < rows; row++) {
    const slot = from + row;
    const isTarget = slot >= gap.from && slot < gap.to;
    if (!isTarget || (slot >= gap.first && slot < gap.last)) {
      const shift = shiftOf(slot);
      out.addWeeks(slot + shift, shift === 0 ? hole : 0, isTarget);
      if (out.count === start[row]) out.addDays(slot);
      isQuiet[row] = out.isQuietSince(start[row]!, slot, isTarget) ? 1 : 0;
      if (isQuiet[row] === 1) out.count = start[row]!;
      out.normalise(start[row]!);
    }
    start[row + 1] = out.count;
  }
  return { start, isQuiet, slots: out.slots.slice(0, out.count), weights: out.weights.slice(0, out.count) };
}

/** The neighbours of one row after the other, in two buffers. */
class Neighbours {
  readonly slots: Int32Array;
  readonly weights: Float64Array;
  count = 0;
  readonly #history: History;
  readonly #usable: Uint8Array;
  readonly #values: Float64Array;
  readonly #fading: Float64Array;

  constructor(history: History, series: number, most: number) {
    this.#history = history;
    this.#usable = history.usableOf(series);
    this.#values = history.panel.values[series]!;
    this.slots = new Int32Array(most);
    this.weights = new Float64Array(most);
    const weeks = Math.ceil(history.length / history.perWeek) + MAX_HOLE + 1;
    this.#fading = Float64Array.from({ length: weeks }, (_, week) => 0.5 ** (week / history.options.weekHalfLife));
  }

  /** A slot of the gap takes the nearest weeks that are known on each side, one of the training those beyond a hole of equal size. */
  addWeeks(slot: number, hole: number, isTarget: boolean): void {
    const { weeks } = this.#history.options;
    const { perWeek, length } = this.#history;
    const first = isTarget ? Math.min(hole, 1) : hole;
    const last = isTarget ? Math.ceil(length / perWeek) : hole + weeks - 1;
    for (let side = -1; side <= 1; side += 2) {
      let found = 0;
      for (let week = first; week <= last && found < weeks; week++) {
        const neighbour = slot + side * week * perWeek;
        if (neighbour < 0 || neighbour >= length) break;
        if (this.#usable[neighbour] === 0 || (week === 0 && side === 1)) continue;
        this.#add(neighbour, this.#fading[week - first]!);
        found++;
      }
    }
  }

  /** For a series too young to have known the weekday: the same hour of the days around. */
  addDays(slot: number): void {
    for (let day = 1; day <= NEAR_DAYS; day++) {
      const distance = day * this.#history.perDay;
      if (this.#usable[slot - distance] === 1) this.#add(slot - distance, 0.5 ** (day / DAY_HALF_LIFE));
      if (this.#usable[slot + distance] === 1) this.#add(slot + distance, 0.5 ** (day / DAY_HALF_LIFE));
    }
  }

  isQuietSince(from: number, slot: number, isTarget: boolean): boolean {
    if (this.count - from < LEAST_ZEROS || (!isTarget && this.#values[slot] !== 0)) return false;
    for (let at = from; at < this.count; at++) if (this.#values[this.slots[at]!] !== 0) return false;
    return true;
  }

  normalise(from: number): void {
    let sum = 0;
    for (let at = from; at < this.count; at++) sum += this.weights[at]!;
    for (let at = from; at < this.count; at++) this.weights[at]! /= sum;
  }

  #add(slot: number, weight: number): void {
    this.slots[this.count] = slot;
    this.weights[this.count++] = weight;
  }
}
