/** Boxes of people as parallel arrays; only the first `count` entries are valid. */
export interface TrackRows {
  count: number;
  /** Id of track i, from 1, never used again within a run. */
  readonly ids: Int32Array;
  /** `[left, top, right, bottom]` of track i at 4i..4i+3, in source pixels: the filtered box. */
  readonly boxes: Float32Array;
  /** The same of the detection that continued it. */
  readonly seen: Float32Array;
  /** Score of that detection, 0..1. */
  readonly scores: Float32Array;
}

/** Where people were before they were reported for the first time; the moments of one person in order of time. */
export interface PastTracks extends TrackRows {
  /** When, in seconds of the camera's clock. */
  readonly atS: Float64Array;
}

/** Persons followed in one picture, as parallel arrays that are reused from frame to frame; valid until the next frame. */
export interface Tracks extends TrackRows {
  /** Of those who are in this picture for the first time: all since their birth, without this picture. */
  readonly past: PastTracks;
  /** Number of tracks that ended with this picture; only the first `endedCount` entries of `endedIds` are valid. */
  endedCount: number;
  /** Ids that will not be seen again; every keeper of state per track drops it now. */
  readonly endedIds: Int32Array;
}

/** Room for `capacity` tracks, and for so many moments of their past. */
export function createTracks(capacity: number, moments = 0): Tracks {
  return {
    ...createRows(capacity),
    past: { ...createRows(moments), atS: new Float64Array(moments) },
    endedCount: 0,
    endedIds: new Int32Array(capacity),
  };
}

function createRows(capacity: number): TrackRows {
  return {
    count: 0,
    ids: new Int32Array(capacity),
    boxes: new Float32Array(4 * capacity),
    seen: new Float32Array(4 * capacity),
    scores: new Float32Array(capacity),
  };
}
