import type { FootPoint } from "./foot-point.ts";

/**
 * Counts one thing that people do: a line, a zone. `Counter` calls it, for each picture in this order: `see` for tracks that it
 * knows, `start` and then `see` for new ones from their birth on, `end` for those that are over, `settle`. A slot is one track's
 * from its `start` until `isDone`; what became certain is in the events when the call returns, and is never taken back.
 */
export interface TrackCounter {
  /** Begins a track, where its foot was at `tS`. */
  start(slot: number, trackId: number, foot: FootPoint, tS: number): void;
  /** Takes in where a track's foot is at `tS`. */
  see(slot: number, foot: FootPoint, tS: number): void;
  /** The track is over; `isFinal` = nothing may be held of it any longer. */
  end(slot: number, isFinal: boolean): void;
  /** Gives what can no longer be taken back at `tS`. */
  settle(tS: number): void;
  /** True when nothing is held of a track that is over. */
  isDone(slot: number): boolean;
}
