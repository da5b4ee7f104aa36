/** A colour for each pixel. */
export interface Colours {
  readonly g: Float32Array;
  readonly b: Float32Array;
  readonly r: Float32Array;
}

export function createColours(pixels: number): Colours {
  return { g: new Float32Array(pixels), b: new Float32Array(pixels), r: new Float32Array(pixels) };
}
