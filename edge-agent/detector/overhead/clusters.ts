import type { Blobs } from "./blobs.ts";

/** At most so many people in one blob. */
export const MAX_CLUSTERS = 24;
const ROUNDS = 5;
/** Places looked at between two parts. */
const NECK_STEPS = 16;

/** Divides a blob among people: k-means (Lloyd 1982), begun where they are expected. */
export class Clusters {
  count = 0;
  readonly xs = new Float32Array(MAX_CLUSTERS);
  readonly ys = new Float32Array(MAX_CLUSTERS);
  readonly areas = new Float32Array(MAX_CLUSTERS);
  /** Standard deviation of the pixels along each axis. */
  readonly spreadXs = new Float32Array(MAX_CLUSTERS);
  readonly spreadYs = new Float32Array(MAX_CLUSTERS);
  readonly #sumXs = new Float64Array(MAX_CLUSTERS);
  readonly #sumYs = new Float64Array(MAX_CLUSTERS);
  readonly #sumXXs = new Float64Array(MAX_CLUSTERS);
  readonly #sumYYs = new Float64Array(MAX_CLUSTERS);
  readonly #peaks = new Float32Array(MAX_CLUSTERS);
  readonly #peakXs = new Float32Array(MAX_CLUSTERS);
  readonly #peakYs = new Float32Array(MAX_CLUSTERS);
  readonly #width: number;

  constructor(width: number) {
    this.#width = width;
  }

  add(x: number, y: number): void {
    if (this.count === MAX_CLUSTERS) return;
    this.xs[this.count] = x;
    this.ys[this.count++] = y;
  }

  /** Adds a centre at the blob's pixel that is farthest from all others. */
  addFarthest(blobs: Blobs, label: number): void {
    let [most, x, y] = [-1, blobs.xs[label]!, blobs.ys[label]!];
    for (let py = blobs.tops[label]!; py <= blobs.bottoms[label]!; py++) {
      for (let px = blobs.lefts[label]!; px <= blobs.rights[label]!; px++) {
        if (blobs.labels[py * this.#width + px] !== label) continue;
        const far = this.#squareTo(px, py, this.count);
        if (far > most) [most, x, y] = [far, px, py];
      }
    }
    this.add(x, y);
  }

  /** Moves the centres until they divide the blob; `owners` gets the number of its centre, from `first`, for each pixel. */
  divide(blobs: Blobs, label: number, owners: Uint8Array, first: number): void {
    for (let round = 0; round < (this.count === 1 ? 1 : ROUNDS); round++) {
      this.#sumUp(blobs, label, owners, first);
      for (let k = 0; k < this.count; k++) this.#move(k);
    }
  }

  /** Least distance of the last centre from another. */
  separation(): number {
    return Math.sqrt(this.#squareTo(this.xs[this.count - 1]!, this.ys[this.count - 1]!, this.count - 1));
  }

  /**
   * How narrow the blob gets between the last part and any other, of the thickness of the thinner one; 0 = it has a part that is
   * as thin as an arm, 1 = no narrow place. Thicknesses are those of the distance transform.
   */
  neck(blobs: Blobs, label: number, owners: Uint8Array, first: number): number {
    this.#findPeaks(blobs, label, owners, first);
    const last = this.count - 1;
    let most = 0;
    for (let k = 0; k < last; k++) most = Math.max(most, this.#neckBetween(blobs, k, last));
    return most;
  }

  /** The deepest pixel of each part. */
  #findPeaks(blobs: Blobs, label: number, owners: Uint8Array, first: number): void {
    this.#peaks.fill(0);
    for (let y = blobs.tops[label]!; y <= blobs.bottoms[label]!; y++) {
      for (let x = blobs.lefts[label]!; x <= blobs.rights[label]!; x++) {
        const i = y * this.#width + x;
        const k = owners[i]! - first;
        if (blobs.labels[i] !== label || blobs.depth[i]! <= this.#peaks[k]!) continue;
        this.#peaks[k] = blobs.depth[i]!;
        this.#peakXs[k] = x;
        this.#peakYs[k] = y;
      }
    }
  }

  #neckBetween(blobs: Blobs, a: number, b: number): number {
    let least = Math.min(this.#peaks[a]!, this.#peaks[b]!);
    const thin = least;
    for (let step = 1; step < NECK_STEPS; step++) {
      const share = step / NECK_STEPS;
      const x = Math.round(this.#peakXs[a]! + share * (this.#peakXs[b]! - this.#peakXs[a]!));
      const y = Math.round(this.#peakYs[a]! + share * (this.#peakYs[b]! - this.#peakYs[a]!));
      least = Math.min(least, blobs.depth[y * this.#width + x]!);
    }
    return thin === 0 ? 1 : least / thin;
  }

  /** Thickness of the thinnest part, of the blob's; after `neck`. */
  thinnest(blobs: Blobs, label: number): number {
    let least = Number.POSITIVE_INFINITY;
    for (let k = 0; k < this.count; k++) least = Math.min(least, this.#peaks[k]!);
    return least / blobs.radii[label]!;
  }

  #squareTo(x: number, y: number, count: number): number {
    let least = Number.POSITIVE_INFINITY;
    for (let k = 0; k < count; k++) least = Math.min(least, (x - this.xs[k]!) ** 2 + (y - this.ys[k]!) ** 2);
    return least;
  }

  #sumUp(blobs: Blobs, label: number, owners: Uint8Array, first: number): void {
    const { count, areas } = this;
    areas.fill(0);
    this.#sumXs.fill(0);
    this.#sumYs.fill(0);
    this.#sumXXs.fill(0);
    this.#sumYYs.fill(0);
    for (let y = blobs.tops[label]!; y <= blobs.bottoms[label]!; y++) {
      for (let x = blobs.lefts[label]!; x <= blobs.rights[label]!; x++) {
        const i = y * this.#width + x;
        if (blobs.labels[i] !== label) continue;
        let k = 0;
        let least = Number.POSITIVE_INFINITY;
        for (let c = 0; c < count; c++) {
          const square = (x - this.xs[c]!) * (x - this.xs[c]!) + (y - this.ys[c]!) * (y - this.ys[c]!);
          if (square >= least) continue;
          least = square;
          k = c;
        }
        owners[i] = first + k;
        areas[k]!++;
        this.#sumXs[k]! += x;
        this.#sumYs[k]! += y;
        this.#sumXXs[k]! += x * x;
        this.#sumYYs[k]! += y * y;
      }
    }
  }

  #move(k: number): void {
    const area = this.areas[k]!;
    if (area === 0) return;
    this.xs[k] = this.#sumXs[k]! / area;
    this.ys[k] = this.#sumYs[k]! / area;
    this.spreadXs[k] = Math.sqrt(Math.max(0, this.#sumXXs[k]! / area - this.xs[k]! ** 2));
    this.spreadYs[k] = Math.sqrt(Math.max(0, this.#sumYYs[k]! / area - this.ys[k]! ** 2));
  }
}
