import type { Detections } from "../detector/detections.ts";
import { Assignment } from "./assignment.ts";
import type { TrackerConstants } from "./constants.ts";
import { HEIGHT, STATE } from "./motion-filter.ts";
import { bufferedIou, footDistance, hasArea } from "./similarity.ts";
import type { TrackTable } from "./track-table.ts";

/** What stands still for good is only continued by a box that overlaps this much. */
const HIDDEN_IOU = 0.5;
/** Or shares this much of its area with where it was last seen: an overlap of one half. */
const HIDDEN_SHARE = 2 / 3;
const IMPOSSIBLE = 9;

/** Detections that a round may use, and the cost from which on a pair stays apart. */
export interface Round {
  readonly minScore: number;
  /** Below this one. */
  readonly maxScore: number;
  gate: number;
}

/** One round of the matching: choose tracks and detections, solve, read the table's `detection`. */
export class Matcher {
  readonly #slots: Int32Array;
  #slotCount = 0;
  readonly #columns: Int32Array;
  #columnCount = 0;
  readonly #taken: Uint8Array;
  readonly #assignment: Assignment;
  readonly #table: TrackTable;
  readonly #maxDetections: number;
  readonly #constants: TrackerConstants;

  constructor(table: TrackTable, maxDetections: number) {
    this.#table = table;
    this.#constants = table.constants;
    this.#maxDetections = maxDetections;
    this.#slots = new Int32Array(table.ids.length);
    this.#columns = new Int32Array(maxDetections);
    this.#taken = new Uint8Array(maxDetections);
    this.#assignment = new Assignment(table.ids.length, maxDetections);
  }

  /** Begins a frame: every detection is open. */
  reset(): void {
    this.#taken.fill(0);
    this.#slotCount = 0;
  }

  addSlot(slot: number): void {
    this.#slots[this.#slotCount] = slot;
    this.#slotCount++;
  }

  isTaken(detection: number): boolean {
    return this.#taken[detection] === 1;
  }

  /** Matches the added tracks to open detections with `minScore <= score < maxScore`; pairs dearer than `gate` stay apart. */
  solve(detections: Detections, round: Round): void {
    this.#openColumns(detections, round.minScore, round.maxScore);
    if (this.#slotCount > 0 && this.#columnCount > 0) {
      this.#fillCosts(detections.boxes, round.gate);
      this.#assignment.solve(this.#slotCount, this.#columnCount);
      this.#accept(round.gate);
    }
    this.#slotCount = 0;
  }

  #fillCosts(boxes: Float32Array, gate: number): void {
    const costs = this.#assignment.costs;
    let k = 0;
    for (let i = 0; i < this.#slotCount; i++) {
      for (let j = 0; j < this.#columnCount; j++) {
        const cost = this.#cost(this.#slots[i]!, boxes, 4 * this.#columns[j]!);
        costs[k++] = Number.isNaN(cost) ? gate : Math.min(gate, cost);
      }
    }
  }

  #openColumns(detections: Detections, minScore: number, maxScore: number): void {
    this.#columnCount = 0;
    const count = Math.min(detections.count, this.#maxDetections);
    for (let j = 0; j < count; j++) {
      const score = detections.scores[j]!;
      const fits = score >= minScore && score < maxScore && hasArea(detections.boxes, 4 * j);
      if (!fits || this.#taken[j] === 1) continue;
      this.#columns[this.#columnCount] = j;
      this.#columnCount++;
    }
  }

  #cost(slot: number, boxes: Float32Array, at: number): number {
    const { states, seenS, hidden, tS } = this.#table;
    if (hidden[slot] === 1 && !this.#liesOn(slot, boxes, at)) return IMPOSSIBLE;
    const { buffer, bufferPerS, maxBuffer, distancePrice, turnPrice } = this.#constants;
    const grown = Math.min(maxBuffer, buffer + bufferPerS * (tS - seenS[slot]!));
    const overlap = bufferedIou(states, slot, boxes, at, grown);
    if (overlap <= 0) return IMPOSSIBLE;
    const x = (boxes[at]! + boxes[at + 2]!) / 2;
    const y = (boxes[at + 1]! + boxes[at + 3]!) / 2;
    const turn = this.#table.path.turn(slot, x, y, states[slot * STATE + HEIGHT]!);
    const far = footDistance(states, slot, boxes, at);
    return 1 - overlap + distancePrice * far + turnPrice * turn + this.#doubt(slot, boxes, at);
  }

  /** True for a box where a hidden thing is, or where it was last seen: it may be a person who begins to walk. */
  #liesOn(slot: number, boxes: Float32Array, at: number): boolean {
    const { states, path } = this.#table;
    if (bufferedIou(states, slot, boxes, at, 0) >= HIDDEN_IOU) return true;
    return path.sharedWithLast(slot, boxes, at) >= HIDDEN_SHARE;
  }

  /** What speaks against a track as such: another size, hidden behind somebody, not confirmed, long unseen. */
  #doubt(slot: number, boxes: Float32Array, at: number): number {
    const { states, seenS, covered, confirmed, previousS } = this.#table;
    const { coveredPrice, heightPrice, newPrice, doubtfulPrice, unseenPrice } = this.#constants;
    const higher = Math.abs(Math.log((boxes[at + 3]! - boxes[at + 1]!) / states[slot * STATE + HEIGHT]!));
    const unseen = unseenPrice * (previousS - seenS[slot]!) + (confirmed[slot] === 0 ? newPrice : 0);
    const doubtful = this.#table.isDoubtful(slot) ? doubtfulPrice : 0;
    return heightPrice * higher + coveredPrice * covered[slot]! + unseen + doubtful;
  }

  #accept(gate: number): void {
    for (let i = 0; i < this.#slotCount; i++) {
      const j = this.#assignment.columnOfRow[i]!;
      if (j < 0 || this.#assignment.costs[i * this.#columnCount + j]! >= gate) continue;
      const detection = this.#columns[j]!;
      this.#taken[detection] = 1;
      this.#table.detection[this.#slots[i]!] = detection;
    }
  }
}
