/** More blobs than this in a picture are noise; the rest are left out. */
export const MAX_BLOBS = 128;

/** The connected parts of a mask. */
export class Blobs {
  count = 0;
  /** For each pixel the number of its blob, from 1; 0 = none. */
  readonly labels: Uint8Array;
  readonly areas = new Int32Array(MAX_BLOBS + 1);
  readonly lefts = new Int32Array(MAX_BLOBS + 1);
  readonly tops = new Int32Array(MAX_BLOBS + 1);
  readonly rights = new Int32Array(MAX_BLOBS + 1);
  readonly bottoms = new Int32Array(MAX_BLOBS + 1);
  readonly xs = new Float32Array(MAX_BLOBS + 1);
  readonly ys = new Float32Array(MAX_BLOBS + 1);
  /** 1 = touches the border of the picture. */
  readonly cut = new Uint8Array(MAX_BLOBS + 1);
  /** Half of its thickness where it is thickest, pixels. */
  readonly radii = new Float32Array(MAX_BLOBS + 1);
  readonly #stack: Int32Array;
  /** Distance of each covered pixel to the nearest one outside. */
  readonly depth: Float32Array;
  readonly #width: number;
  readonly #height: number;

  constructor(width: number, height: number) {
    this.labels = new Uint8Array(width * height);
    this.#stack = new Int32Array(width * height);
    this.depth = new Float32Array(width * height);
    this.#width = width;
    this.#height = height;
  }

  /** Finds the parts of `solid` with at least `minArea` pixels. */
  find(solid: Uint8Array, minArea: number): void {
    this.labels.fill(0);
    this.count = 0;
    for (let i = 0; i < solid.length && this.count < MAX_BLOBS; i++) {
      if (solid[i] === 0 || this.labels[i] !== 0) continue;
      const label = ++this.count;
      this.#take(i, solid, label);
      if (this.areas[label]! >= minArea) continue;
      this.#drop(label, solid);
      this.count--;
    }
    this.#measureDepth();
  }

  /** Floods a blob from one of its pixels. */
  #take(start: number, solid: Uint8Array, label: number): void {
    const { labels } = this;
    const [width, height, stack] = [this.#width, this.#height, this.#stack];
    let [left, top, right, bottom, sumX, sumY] = [width, height, -1, -1, 0, 0];
    let size = 0;
    let area = 0;
    stack[size++] = start;
    labels[start] = label;
    while (area < size) {
      const i = stack[area++]!;
      const x = i % width;
      const y = (i - x) / width;
      sumX += x;
      sumY += y;
      if (x < left) left = x;
      if (x > right) right = x;
      if (y < top) top = y;
      if (y > bottom) bottom = y;
      if (x > 0 && this.#claim(i - 1, solid, label)) stack[size++] = i - 1;
      if (x < width - 1 && this.#claim(i + 1, solid, label)) stack[size++] = i + 1;
      if (y > 0 && this.#claim(i - width, solid, label)) stack[size++] = i - width;
      if (y < height - 1 && this.#claim(i + width, solid, label)) stack[size++] = i + width;
    }
    this.areas[label] = area;
    this.lefts[label] = left;
    this.tops[label] = top;
    this.rights[label] = right;
    this.bottoms[label] = bottom;
    this.xs[label] = sumX / area;
    this.ys[label] = sumY / area;
    this.cut[label] = left === 0 || top === 0 || right === width - 1 || bottom === height - 1 ? 1 : 0;
  }

  /** Labels a covered pixel that nobody has. */
  #claim(i: number, solid: Uint8Array, label: number): boolean {
    if (solid[i] === 0 || this.labels[i] !== 0) return false;
    this.labels[i] = label;
    return true;
  }

  /** The stack still holds the pixels of the blob that was found last. */
  #drop(label: number, solid: Uint8Array): void {
    for (let k = 0; k < this.areas[label]!; k++) {
      this.labels[this.#stack[k]!] = 0;
      solid[this.#stack[k]!] = 0;
    }
  }

  /** Distance to the nearest pixel outside, in two passes (chamfer 1, 1.4); the border of the picture is no outside. */
  #measureDepth(): void {
    const { labels, radii } = this;
    const [width, depth] = [this.#width, this.depth];
    radii.fill(0);
    for (let i = 0; i < labels.length; i++) depth[i] = labels[i] === 0 ? 0 : this.#step(i, -1, -width);
    for (let i = labels.length - 1; i >= 0; i--) {
      if (labels[i] === 0) continue;
      depth[i] = Math.min(depth[i]!, this.#step(i, 1, width));
      if (depth[i]! > radii[labels[i]!]!) radii[labels[i]!] = depth[i]!;
    }
  }

  #step(i: number, side: number, row: number): number {
    const [width, depth] = [this.#width, this.depth];
    const x = i % width;
    const hasRow = row < 0 ? i >= width : i + width < depth.length;
    const hasSide = side < 0 ? x > 0 : x < width - 1;
    const hasOther = side < 0 ? x < width - 1 : x > 0;
    let least = 1000;
    if (hasSide) least = depth[i + side]! + 1;
    if (hasRow) least = Math.min(least, depth[i + row]! + 1);
    if (hasRow && hasSide) least = Math.min(least, depth[i + row + side]! + 1.4);
    if (hasRow && hasOther) least = Math.min(least, depth[i + row - side]! + 1.4);
    return least;
  }
}
