import { createTracks, type Tracks } from "./tracker/tracks.ts";

/**
 * Tracks as the counters have to see them from straight above: there a person stands in the middle of the box, not at its
 * bottom, so each box is moved up by half its height. What it gives is reused by the next call.
 */
export class FootAtCentre {
  readonly #tracks: Tracks;

  constructor(capacity: number) {
    this.#tracks = createTracks(capacity);
  }

  of(tracks: Tracks): Tracks {
    const to = this.#tracks;
    to.count = tracks.count;
    to.endedCount = tracks.endedCount;
    to.ids.set(tracks.ids);
    to.endedIds.set(tracks.endedIds);
    to.scores.set(tracks.scores);
    to.boxes.set(tracks.boxes);
    for (let at = 0; at < 4 * tracks.count; at += 4) {
      const [top = 0, bottom = 0] = [tracks.boxes[at + 1], tracks.boxes[at + 3]];
      to.boxes[at + 1] = top - (bottom - top) / 2;
      to.boxes[at + 3] = bottom - (bottom - top) / 2;
    }
    return to;
  }
}
