import type { Structure } from "./structure.ts";

/** What a camera's view was like when all was well. */
export interface LearnedView {
  /** Infrared pictures have other edges than those by day, so each kind has its own. */
  readonly isGrey: boolean;
  readonly structure: Structure;
  /** Of each block: 0 = without edges; 1 = edges that people hid too often to know them; 2 = edges that stayed the same. */
  readonly edges: Uint8Array;
  /** `Look.sharpness`, and the width of the picture in the frame at which it was measured, pixels. */
  sharpness: number;
  width: number;
}
