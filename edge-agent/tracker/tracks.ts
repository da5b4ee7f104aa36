/** Persons followed in one picture, as parallel arrays that are reused from frame to frame; valid until the next frame. */
export interface Tracks {
  /** Number of confirmed tracks seen in this picture; only the first `count` entries of the arrays are valid. */
  count: number;
  /** Id of track i, from 1, never used again within a run. */
  readonly ids: Int32Array;
  /** `[left, top, right, bottom]` of track i at 4i..4i+3, in source pixels. */
  readonly boxes: Float32Array;
  /** Score of the detection that continued track i, 0..1. */
  readonly scores: Float32Array;
  /** Number of tracks that ended with this picture; only the first `endedCount` entries of `endedIds` are valid. */
  endedCount: number;
  /** Ids that will not be seen again; every keeper of state per track drops it now. */
  readonly endedIds: Int32Array;
}

/** Room for `capacity` tracks. */
export function createTracks(capacity: number): Tracks {
  return {
    count: 0,
    ids: new Int32Array(capacity),
    boxes: new Float32Array(4 * capacity),
    scores: new Float32Array(capacity),
    endedCount: 0,
    endedIds: new Int32Array(capacity),
  };
}
