import type { TrackerConfig } from "../../firmware-config/config/tracker.ts";
import type { Detections } from "../detector/detections.ts";
import { HEIGHT, predictFilter, STATE, writeBox, X, Y } from "./motion-filter.ts";
import { PlaceMemory } from "./place-memory.ts";
import { Rounds } from "./rounds.ts";
import { coveredShare, hasArea } from "./similarity.ts";
import { TrackTable } from "./track-table.ts";
import { createTracks, type Tracks } from "./tracks.ts";

/** At most this many people at once; while all slots are in use a further person waits for one. */
export const MAX_TRACKS = 256;
/** Detections beyond this many in one frame are ignored; detectors sort by score, so the weakest go. */
export const MAX_DETECTIONS = 256;
/** Somebody unseen for longer than this hides nobody. */
const COVERS_FOR_S = 0.5;
/** A thing that never moved is remembered this long while unseen, so that it does not come back as a person. */
const HIDDEN_LOST_S = 600;
const EPSILON_S = 1e-6;
/** After a longer pause all tracks are over anyway. */
const MAX_STEP_S = 60;

interface Picture {
  readonly width: number;
  readonly height: number;
}

/**
 * Joins the detections of successive frames to tracks of people, online and in seconds, whatever the frame rate.
 *
 * Reports only confirmed tracks seen in this very frame; a track that is merely expected is never reported as seen.
 */
export class Tracker {
  readonly #config: TrackerConfig;
  readonly #picture: Picture;
  readonly #table = new TrackTable(MAX_TRACKS);
  readonly #places = new PlaceMemory();
  readonly #rounds: Rounds;
  readonly #tracks = createTracks(MAX_TRACKS);
  #firstS = Number.NaN;
  #previousS = Number.NEGATIVE_INFINITY;
  #lastId = 0;

  constructor(config: TrackerConfig, picture: Picture) {
    this.#config = config;
    this.#picture = picture;
    this.#rounds = new Rounds(config, this.#table, MAX_DETECTIONS);
  }

  /** People seen at `tS` seconds of the camera's clock, which must not run backwards; the answer is reused by the next call. */
  update(detections: Detections, tS: number): Tracks {
    if (Number.isNaN(this.#firstS)) this.#firstS = tS;
    this.#predict(Math.max(0, Math.min(MAX_STEP_S, tS - this.#previousS)));
    this.#retire(tS);
    this.#measureCover();
    this.#rounds.run(detections, this.#previousS);
    this.#correct(detections, tS);
    this.#places.update(detections, this.#config.lowScore, tS);
    this.#open(detections, tS);
    this.#report(detections);
    this.#previousS = tS;
    return this.#tracks;
  }

  /** Moves people on; a hidden thing stays where it is, and its filter becomes the mean of its boxes. */
  #predict(dtS: number): void {
    const { live, liveCount, states, hidden, detection } = this.#table;
    for (let k = 0; k < liveCount; k++) {
      const slot = live[k]!;
      if (hidden[slot] === 0) predictFilter(states, slot, dtS);
      detection[slot] = -1;
    }
  }

  #retire(tS: number): void {
    this.#tracks.endedCount = 0;
    const { live, ids } = this.#table;
    for (let k = this.#table.liveCount - 1; k >= 0; k--) {
      const slot = live[k]!;
      if (!this.#isOver(slot, tS)) continue;
      if (ids[slot] !== 0) this.#tracks.endedIds[this.#tracks.endedCount++] = ids[slot]!;
      this.#table.release(k);
    }
  }

  #isOver(slot: number, tS: number): boolean {
    const { ids, seenS, hidden } = this.#table;
    if (seenS[slot]! === this.#previousS && tS - seenS[slot]! <= this.#config.lostS) return false;
    if (ids[slot] === 0) return true;
    const limitS = hidden[slot] === 1 ? HIDDEN_LOST_S : this.#config.lostS;
    return tS - seenS[slot]! > limitS || this.#hasLeft(slot);
  }

  /** True when the predicted box has passed the border of the picture. */
  #hasLeft(slot: number): boolean {
    const states = this.#table.states;
    const s = slot * STATE;
    const x = states[s + X]!;
    const y = states[s + Y]!;
    return x < 0 || x > this.#picture.width || y > this.#picture.height || y + states[s + HEIGHT]! / 2 < 0;
  }

  #measureCover(): void {
    const { live, liveCount, states, covered } = this.#table;
    for (let a = 0; a < liveCount; a++) {
      const slot = live[a]!;
      let most = 0;
      for (let b = 0; b < liveCount; b++) {
        if (a === b || !this.#canCover(live[b]!)) continue;
        most = Math.max(most, coveredShare(states, slot, live[b]!));
      }
      covered[slot] = most;
    }
  }

  #canCover(slot: number): boolean {
    return this.#table.ids[slot] !== 0 && this.#previousS - this.#table.seenS[slot]! <= COVERS_FOR_S;
  }

  #correct(detections: Detections, tS: number): void {
    const { live, liveCount, detection } = this.#table;
    for (let k = 0; k < liveCount; k++) {
      const slot = live[k]!;
      if (detection[slot] === -1) continue;
      this.#table.correct(slot, detections, tS);
      this.#judge(slot, tS);
    }
  }

  /** Confirms a track that was followed for long enough, and hides one that neither came nor moved. */
  #judge(slot: number, tS: number): void {
    const { ids, bornS, hits, came, hidden, stillness } = this.#table;
    const { confirmS, stillS } = this.#config;
    const followedS = tS - bornS[slot]! + EPSILON_S;
    if (ids[slot] === 0 && followedS >= confirmS && hits[slot]! >= 2) ids[slot] = ++this.#lastId;
    const isThing = stillS > 0 && followedS >= stillS && came[slot] === 0 && !stillness.hasMoved(slot);
    hidden[slot] = isThing ? 1 : 0;
  }

  #open(detections: Detections, tS: number): void {
    const count = Math.min(detections.count, MAX_DETECTIONS);
    for (let j = 0; j < count; j++) {
      const strong = detections.scores[j]! >= this.#config.newTrackScore;
      if (!strong || this.#rounds.isTaken(j) || !hasArea(detections.boxes, 4 * j)) continue;
      const slot = this.#table.start(detections, j, tS);
      if (slot === -1) return;
      this.#table.came[slot] = this.#cameThere(detections.boxes, 4 * j, tS) ? 1 : 0;
    }
  }

  /** False for what was there when the camera started, or where something was seen all along. */
  #cameThere(boxes: Float32Array, at: number, tS: number): boolean {
    return tS - this.#firstS > this.#config.stillS && !this.#places.isTaken(boxes, at, tS);
  }

  #report(detections: Detections): void {
    const { live, liveCount, states, detection, ids, hidden } = this.#table;
    const out = this.#tracks;
    out.count = 0;
    for (let k = 0; k < liveCount; k++) {
      const slot = live[k]!;
      if (ids[slot] === 0 || hidden[slot] === 1 || detection[slot] === -1) continue;
      out.ids[out.count] = ids[slot]!;
      out.scores[out.count] = detections.scores[detection[slot]!]!;
      writeBox(states, slot, out.boxes, 4 * out.count);
      out.count++;
    }
  }
}
