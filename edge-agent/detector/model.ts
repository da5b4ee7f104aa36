import type { FAMILIES } from "./families/families.ts";

export type FamilyName = keyof typeof FAMILIES;

/**
 * How a model's boxes are written: `grid` = relative to the cell of their row, sides as logarithms (YOLOX's own export);
 * `pixels` = as they are in the frame.
 */
export type BoxReading = "grid" | "pixels";

/** The model as the registry found it. */
export interface DetectorModel {
  readonly path: string;
  readonly family: FamilyName;
  /** Pixels. */
  readonly inputWidth: number;
  /** Pixels. */
  readonly inputHeight: number;
  /** As the probe read them; default: `grid` for yolox, and always `pixels` for ssd. */
  readonly boxes?: BoxReading | undefined;
}
