import type { Detections } from "../detector/detections.ts";
import type { TrackTable } from "./track-table.ts";
import { UsualSize } from "./usual-size.ts";

/** Seen so often, and covered by no more than this, a box is what it says. */
const LEAST_HITS = 5;
const MOST_COVERED = 0.1;
/** A place of the same person is another one after so many body heights: who stands for an hour is one. */
const SPACING = 0.25;
/** A box that ends so near to the border is cut off by it, pixels. */
const BORDER = 2;

interface Sighted {
  readonly width: number;
  readonly height: number;
  /** From which score on a box is believed. */
  readonly leastScore: number;
}

/** Learns from the tracks of one camera how high people are where, and tells boxes that are far higher. */
export class SizeWatch {
  readonly #table: TrackTable;
  readonly #view: Sighted;
  readonly #usual: UsualSize;
  /** Where each track taught last; not a number = nowhere. */
  readonly #x: Float64Array;
  readonly #foot: Float64Array;
  readonly #place = { x: 0, foot: 0, height: 0 };

  constructor(table: TrackTable, view: Sighted) {
    this.#table = table;
    this.#view = view;
    this.#usual = new UsualSize(table.constants.oddRatio);
    this.#x = new Float64Array(table.ids.length);
    this.#foot = new Float64Array(table.ids.length);
  }

  start(slot: number): void {
    this.#x[slot] = Number.NaN;
  }

  /** Learns from a track that was just seen, be it reported or not: those who are doubted for their size must be heard too. */
  see(slot: number, { boxes, scores }: Detections): void {
    const { detection, covered, hits, stillness } = this.#table;
    const j = detection[slot]!;
    if (hits[slot]! < LEAST_HITS || covered[slot]! > MOST_COVERED || !stillness.hasMoved(slot)) return;
    if (scores[j]! < this.#view.leastScore || this.#isCut(boxes, 4 * j)) return;
    const x = (boxes[4 * j]! + boxes[4 * j + 2]!) / 2;
    const foot = boxes[4 * j + 3]!;
    const far = Math.hypot(x - this.#x[slot]!, foot - this.#foot[slot]!);
    if (far < SPACING * (foot - boxes[4 * j + 1]!)) return;
    this.#usual.learn(this.#placeOf(boxes, 4 * j), Number.isNaN(this.#x[slot]!));
    this.#x[slot] = x;
    this.#foot[slot] = foot;
  }

  /** True for a box that is far higher than people are where it stands. */
  isOdd(boxes: Float32Array, at: number): boolean {
    return this.#usual.isOdd(this.#placeOf(boxes, at));
  }

  #placeOf(boxes: Float32Array, at: number) {
    const { width, height } = this.#view;
    this.#place.x = (boxes[at]! + boxes[at + 2]!) / 2 / width;
    this.#place.foot = boxes[at + 3]! / height;
    this.#place.height = (boxes[at + 3]! - boxes[at + 1]!) / height;
    return this.#place;
  }

  #isCut(boxes: Float32Array, at: number): boolean {
    const { width, height } = this.#view;
    if (boxes[at]! < BORDER || boxes[at + 1]! < BORDER) return true;
    return boxes[at + 2]! > width - BORDER || boxes[at + 3]! > height - BORDER;
  }
}
