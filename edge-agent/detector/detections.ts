/** Persons found in one picture, as parallel arrays that are reused from frame to frame; valid until the next frame. */
export interface Detections {
  /** Number of persons; only the first `count` entries of the arrays are valid. */
  count: number;
  /** False when the model's output was not finite: then nothing is known of the picture, which is not an empty one. */
  finite: boolean;
  /** `[left, top, right, bottom]` of person i at 4i..4i+3, in source pixels. */
  readonly boxes: Float32Array;
  /** Score of person i, 0..1. */
  readonly scores: Float32Array;
}

/** Room for `capacity` persons. */
export function createDetections(capacity: number): Detections {
  return { count: 0, finite: true, boxes: new Float32Array(4 * capacity), scores: new Float32Array(capacity) };
}
