import type { Part } from "../../camera/port.ts";
import type { Detections } from "../detections.ts";
import { iou } from "../nms.ts";
import { type Inner, innerSides } from "./inner-sides.ts";

/** Two parts see one person when what both can see of the two boxes overlaps so much. */
const SAME_IOU = 0.5;
/** A cut box is of somebody whom another part sees whole when so much of it lies in the whole box. */
const COVERED = 0.7;
/** Of a part's side: who is so near to an inner border is cut by it. */
const TOUCH = 0.01;

/**
 * Makes one list of persons of what was found in each part of a picture: who was found in two counts once, and of somebody whom a border cuts
 * the box of the part that sees all of them stays; whom every part cuts becomes one box around the pieces. Memory is made once.
 */
export class PartMerger {
  readonly #parts: Float32Array;
  readonly #inner: readonly Inner[];
  readonly #boxes: Float32Array;
  readonly #scores: Float32Array;
  readonly #partOf: Uint8Array;
  readonly #isCut: Uint8Array;
  readonly #order: Uint16Array;
  readonly #kept: Uint16Array;
  #count = 0;
  #keptCount = 0;
  readonly #seenA = new Float32Array(4);
  readonly #seenB = new Float32Array(4);
  readonly #wholeFirst = (a: number, b: number) =>
    this.#isCut[a]! - this.#isCut[b]! || this.#scores[b]! - this.#scores[a]! || a - b;
  readonly #surestFirst = (a: number, b: number) => this.#scores[b]! - this.#scores[a]! || a - b;

  /** For `capacity` persons a part at most. */
  constructor(parts: readonly Part[], capacity: number) {
    const most = parts.length * capacity;
    this.#parts = Float32Array.from(
      parts.flatMap(({ left, top, width, height }) => [left, top, left + width, top + height]),
    );
    this.#inner = innerSides(parts);
    this.#boxes = new Float32Array(4 * most);
    this.#scores = new Float32Array(most);
    this.#partOf = new Uint8Array(most);
    this.#isCut = new Uint8Array(most);
    this.#order = new Uint16Array(most);
    this.#kept = new Uint16Array(most);
  }

  /** `found[k]` are the persons of part k, source pixels; writes all to `merged`, best score first. */
  merge(found: readonly Detections[], merged: Detections): void {
    this.#count = 0;
    this.#keptCount = 0;
    for (const [part, persons] of found.entries()) this.#collect(part, persons);
    for (const at of this.#order.subarray(0, this.#count).sort(this.#wholeFirst)) this.#settle(at);
    const kept = this.#kept.subarray(0, this.#keptCount).sort(this.#surestFirst);
    merged.count = Math.min(kept.length, merged.scores.length);
    for (let i = 0; i < merged.count; i++) {
      const at = kept[i]!;
      for (let k = 0; k < 4; k++) merged.boxes[4 * i + k] = this.#boxes[4 * at + k]!;
      merged.scores[i] = this.#scores[at]!;
    }
  }

  #collect(part: number, { count, boxes, scores }: Detections): void {
    for (let i = 0; i < count; i++) {
      const at = this.#count++;
      for (let k = 0; k < 4; k++) this.#boxes[4 * at + k] = boxes[4 * i + k]!;
      this.#scores[at] = scores[i]!;
      this.#partOf[at] = part;
      this.#isCut[at] = this.#touches(at, part) ? 1 : 0;
      this.#order[at] = at;
    }
  }

  /** True when a border between parts goes through the person. */
  #touches(at: number, part: number): boolean {
    const inner = this.#inner[part]!;
    const [boxes, parts] = [this.#boxes, this.#parts];
    const nearX = TOUCH * (parts[4 * part + 2]! - parts[4 * part]!);
    const nearY = TOUCH * (parts[4 * part + 3]! - parts[4 * part + 1]!);
    return (
      (inner.left && boxes[4 * at]! - parts[4 * part]! <= nearX) ||
      (inner.top && boxes[4 * at + 1]! - parts[4 * part + 1]! <= nearY) ||
      (inner.right && parts[4 * part + 2]! - boxes[4 * at + 2]! <= nearX) ||
      (inner.bottom && parts[4 * part + 3]! - boxes[4 * at + 3]! <= nearY)
    );
  }

  /** Keeps a box unless it is of a person who is there already; the whole come before the cut. */
  #settle(at: number): void {
    for (let j = 0; j < this.#keptCount; j++) {
      const kept = this.#kept[j]!;
      if (this.#partOf[kept] === this.#partOf[at] || !this.#areSame(at, kept)) continue;
      if (this.#isCut[kept] === 1) this.#join(at, kept);
      return;
    }
    this.#kept[this.#keptCount++] = at;
  }

  #areSame(at: number, kept: number): boolean {
    if (this.#isCut[at] === 1 && this.#isCut[kept] === 0 && this.#covered(at, kept) >= COVERED) return true;
    this.#see(at, this.#partOf[kept]!, this.#seenA);
    this.#see(kept, this.#partOf[at]!, this.#seenB);
    return iou(this.#seenA, 0, this.#seenB, 0) > SAME_IOU;
  }

  /** What a part can see of a box. */
  #see(at: number, part: number, seen: Float32Array): void {
    for (let k = 0; k < 2; k++) {
      seen[k] = Math.max(this.#boxes[4 * at + k]!, this.#parts[4 * part + k]!);
      seen[k + 2] = Math.min(this.#boxes[4 * at + k + 2]!, this.#parts[4 * part + k + 2]!);
    }
  }

  /** The share of a box that lies in another, 0..1. */
  #covered(at: number, other: number): number {
    const boxes = this.#boxes;
    const [a, b] = [4 * at, 4 * other];
    const width = Math.min(boxes[a + 2]!, boxes[b + 2]!) - Math.max(boxes[a]!, boxes[b]!);
    const height = Math.min(boxes[a + 3]!, boxes[b + 3]!) - Math.max(boxes[a + 1]!, boxes[b + 1]!);
    if (!(width > 0 && height > 0)) return 0;
    return (width * height) / ((boxes[a + 2]! - boxes[a]!) * (boxes[a + 3]! - boxes[a + 1]!));
  }

  /** Two pieces of one person become a box around both. */
  #join(at: number, kept: number): void {
    const boxes = this.#boxes;
    for (let k = 0; k < 2; k++) {
      boxes[4 * kept + k] = Math.min(boxes[4 * kept + k]!, boxes[4 * at + k]!);
      boxes[4 * kept + k + 2] = Math.max(boxes[4 * kept + k + 2]!, boxes[4 * at + k + 2]!);
    }
  }
}
