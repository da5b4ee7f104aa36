/** Heights are counted up to this, pixels of the picture; 8K has no more. */
const MOST_PX = 4320;

/** How high people are in a film, from all their boxes. */
export class PersonSize {
  readonly #counts = new Uint32Array(MOST_PX + 1);
  #all = 0;

  /** Boxes of one picture, `[left, top, right, bottom]` at 4i..4i+3. */
  see({ count, boxes }: { readonly count: number; readonly boxes: Float32Array }): void {
    for (let i = 0; i < count; i++) {
      const height = Math.round(boxes[4 * i + 3]! - boxes[4 * i + 1]!);
      this.#counts[Math.min(MOST_PX, Math.max(0, height))]!++;
      this.#all++;
    }
  }

  /** The median, pixels of the picture; undefined when nobody was seen. */
  get medianPx(): number | undefined {
    let seen = 0;
    for (let px = 0; px <= MOST_PX; px++) {
      seen += this.#counts[px]!;
      if (seen > 0 && 2 * seen >= this.#all) return px;
    }
    return undefined;
  }
}
