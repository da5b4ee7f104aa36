import type { Colours } from "./colours.ts";
import type { Planes } from "./planes.ts";

/** A histogram bin is 1/64 of the background's brightness, up to four times as bright. */
const BINS_PER_ONE = 64;
const BINS = 4 * BINS_PER_ONE;
/** Background darker than this says nothing of the light. */
const DARKEST = 20;
/** Every so many pixels are looked at. */
const STEP = 3;
/** Fewer pixels than this are no ground for a channel's gain. */
const ENOUGH = 150;

/**
 * How much brighter the picture is than the learned background, one gain a channel: lights, the camera's exposure and its
 * white balance change all of it at once. The median over the pixels is right while less than half of them are people.
 */
export class Light {
  /** Picture = gain * background, for G, B, R. */
  readonly gains = new Float32Array([1, 1, 1]);
  readonly #bins = new Uint32Array(BINS);

  fit(picture: Planes, background: Colours, ignored: Uint8Array): void {
    this.#set(0, picture.g, background.g, ignored);
    this.#set(1, picture.b, background.b, ignored);
    this.#set(2, picture.r, background.r, ignored);
  }

  /** A channel that is dark everywhere keeps the gain that it had. */
  #set(channel: number, picture: Uint8Array, background: Float32Array, ignored: Uint8Array): void {
    const bins = this.#bins.fill(0);
    let count = 0;
    for (let i = 0; i < picture.length; i += STEP) {
      if (background[i]! < DARKEST || picture[i]! > 250 || ignored[i]! !== 0) continue;
      bins[Math.min(BINS - 1, Math.round((BINS_PER_ONE * picture[i]!) / background[i]!))]!++;
      count++;
    }
    if (count >= ENOUGH) this.gains[channel] = medianOf(bins, count) / BINS_PER_ONE;
  }
}

/** The median, interpolated within its bin. */
function medianOf(bins: Uint32Array, count: number): number {
  let below = 0;
  let bin = 0;
  while (below + bins[bin]! < count / 2) below += bins[bin++]!;
  return bin - 0.5 + (count / 2 - below) / bins[bin]!;
}
