import { createTracks, type TrackRows, type Tracks } from "./tracker/tracks.ts";

/**
 * Tracks as the counters have to see them from straight above: there a person stands in the middle of the box, not at its
 * bottom, so each box is moved up by half its height, in the past too. What it gives is reused by the next call.
 */
export class FootAtCentre {
  readonly #tracks: Tracks;

  /** Room for `capacity` tracks, and for so many moments of their past. */
  constructor(capacity: number, moments: number) {
    this.#tracks = createTracks(capacity, moments);
  }

  of(tracks: Tracks): Tracks {
    const to = this.#tracks;
    copy(tracks, to);
    copy(tracks.past, to.past);
    to.past.atS.set(tracks.past.atS.subarray(0, tracks.past.count));
    to.endedCount = tracks.endedCount;
    to.endedIds.set(tracks.endedIds.subarray(0, tracks.endedCount));
    return to;
  }
}

function copy(from: TrackRows, to: TrackRows): void {
  to.count = from.count;
  to.ids.set(from.ids.subarray(0, from.count));
  to.scores.set(from.scores.subarray(0, from.count));
  for (const key of ["boxes", "seen"] as const) {
    const [boxes, moved] = [from[key], to[key]];
    moved.set(boxes.subarray(0, 4 * from.count));
    for (let at = 0; at < 4 * from.count; at += 4) {
      const [top = 0, bottom = 0] = [boxes[at + 1], boxes[at + 3]];
      moved[at + 1] = top - (bottom - top) / 2;
      moved[at + 3] = bottom - (bottom - top) / 2;
    }
  }
}
