import { letterboxOf } from "../../camera/letterbox.ts";
import type { FrameShape, Part } from "../../camera/port.ts";
import { type ScoredBoxes, unletterbox } from "../../frame/unletterbox.ts";
import { createDetections, type Detections } from "../detections.ts";
import { PartMerger } from "./part-merger.ts";

/** What was found in each part of one picture, until all parts are there. */
export interface PartResults {
  readonly found: readonly Detections[];
}

/** How one camera's parts lie in frames of a shape, with memory for two pictures on their way. */
export class PartViews {
  readonly parts: readonly Part[];
  readonly #views: readonly Parameters<typeof unletterbox>[3][];
  readonly #results: readonly [PartResults, PartResults];
  readonly #merger: PartMerger;
  #turn: 0 | 1 = 0;

  constructor(parts: readonly Part[], shape: FrameShape, capacity: number) {
    this.parts = parts;
    this.#views = parts.map((part) => ({ picture: part, letterbox: letterboxOf(part, shape) }));
    const results = () => ({ found: parts.map(() => createDetections(capacity)) });
    this.#results = [results(), results()];
    this.#merger = new PartMerger(parts, capacity);
  }

  /** For the next picture; those of the last stay as they are. */
  begin(): PartResults {
    this.#turn = this.#turn === 0 ? 1 : 0;
    return this.#results[this.#turn];
  }

  /** Takes the first `count` boxes of part k, frame pixels. */
  put(results: PartResults, k: number, from: ScoredBoxes & { readonly count: number; readonly finite: boolean }): void {
    const to = results.found[k]!;
    const { left, top } = this.parts[k]!;
    to.finite = from.finite;
    to.count = unletterbox(from, from.count, to, this.#views[k]!);
    for (let i = 0; i < to.count; i++) {
      to.boxes[4 * i]! += left;
      to.boxes[4 * i + 1]! += top;
      to.boxes[4 * i + 2]! += left;
      to.boxes[4 * i + 3]! += top;
    }
  }

  /** All persons of the picture, once each; of a picture of which one part is not known nothing is. */
  merge({ found }: PartResults, merged: Detections): void {
    merged.finite = found.every(({ finite }) => finite);
    this.#merger.merge(found, merged);
  }
}
