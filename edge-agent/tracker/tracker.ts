import type { TrackerConfig } from "../../firmware-config/config/tracker.ts";
import type { Detections } from "../detector/detections.ts";
import { CONSTANTS, type TrackerConstants } from "./constants.ts";
import { Entrances, type View } from "./entrances.ts";
import { HEIGHT, STATE, writeBox, X, Y } from "./motion-filter.ts";
import { MOMENTS } from "./past-memory.ts";
import { Rounds } from "./rounds.ts";
import { coveredShare, hasArea, sharedOfSmaller } from "./similarity.ts";
import { SizeWatch } from "./size-watch.ts";
import { TrackTable } from "./track-table.ts";
import { createTracks, type Tracks } from "./tracks.ts";

/** At most this many people at once; while all slots are in use a further person waits for one. */
export const MAX_TRACKS = 256;
/** Moments of the past that are told with one picture at most. */
export const MAX_MOMENTS = MAX_TRACKS * MOMENTS;
/** Detections beyond this many in one frame are ignored; detectors sort by score, so the weakest go. */
export const MAX_DETECTIONS = 256;
/** Somebody unseen for longer than this hides nobody. */
const COVERS_FOR_S = 0.5;
/** A doubtful box that shares more than this with somebody, in the smaller of both, is taken for a piece of them. */
const PIECE_SHARE = 0.1;
/** A box that shares more than this with a thing, in the smaller of both, lies on it. */
const ON_THING_SHARE = 0.6;
/** A thing that never moved is remembered this long while unseen, so that it does not come back as a person. */
const HIDDEN_LOST_S = 600;
const EPSILON_S = 1e-6;

/**
 * Joins the detections of successive frames to tracks of people, online and in seconds, whatever the frame rate.
 *
 * Reports only confirmed tracks seen in this very frame; a track that is merely expected is never reported as seen.
 */
export class Tracker {
  readonly #config: TrackerConfig;
  readonly #picture: View;
  readonly #entrances: Entrances;
  readonly #table: TrackTable;
  readonly #rounds: Rounds;
  readonly #sizes: SizeWatch;
  readonly #tracks = createTracks(MAX_TRACKS, MAX_MOMENTS);
  #lastId = 0;

  constructor(config: TrackerConfig, picture: View, constants: TrackerConstants = CONSTANTS) {
    this.#config = config;
    this.#picture = picture;
    this.#entrances = new Entrances(picture, MAX_TRACKS);
    this.#table = new TrackTable(MAX_TRACKS, constants);
    const { width, height } = picture;
    this.#sizes = new SizeWatch(this.#table, { width, height, leastScore: config.newTrackScore });
    this.#rounds = new Rounds(config, this.#table, MAX_DETECTIONS);
  }

  /** People seen at `tS` seconds of the camera's clock, which must not run backwards; the answer is reused by the next call. */
  update(detections: Detections, tS: number): Tracks {
    this.#table.advance(tS);
    this.#entrances.advance(tS);
    this.#predict();
    this.#retire();
    this.#measureCover();
    this.#rounds.run(detections);
    this.#correct(detections);
    this.#open(detections);
    this.#report(detections);
    return this.#tracks;
  }

  /** Moves people on; a hidden thing that is not seen just now stays where it is. */
  #predict(): void {
    const { dtS, previousS, live, liveCount, filter, hidden, seenS, detection } = this.#table;
    for (let k = 0; k < liveCount; k++) {
      const slot = live[k]!;
      if (hidden[slot] === 0 || seenS[slot] === previousS) filter.predict(slot, dtS);
      detection[slot] = -1;
    }
  }

  #retire(): void {
    this.#tracks.endedCount = 0;
    const { live, ids, states, seenS } = this.#table;
    for (let k = this.#table.liveCount - 1; k >= 0; k--) {
      const slot = live[k]!;
      if (!this.#isOver(slot)) continue;
      if (ids[slot] !== 0) {
        this.#tracks.endedIds[this.#tracks.endedCount++] = ids[slot]!;
        this.#entrances.lose(slot, states, seenS[slot]!);
      }
      this.#table.release(k);
    }
  }

  #isOver(slot: number): boolean {
    const { confirmed, seenS, hidden, tS, previousS, stepS, constants } = this.#table;
    const limitS = this.#config.lostS + constants.lostPictures * stepS;
    if (seenS[slot]! === previousS && tS - seenS[slot]! <= limitS) return false;
    if (confirmed[slot] === 0) return previousS - seenS[slot]! > constants.newLostS;
    return tS - seenS[slot]! > (hidden[slot] === 1 ? HIDDEN_LOST_S : limitS) || this.#hasLeft(slot);
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
    return this.#table.confirmed[slot] === 1 && this.#table.previousS - this.#table.seenS[slot]! <= COVERS_FOR_S;
  }

  #correct(detections: Detections): void {
    const { live, liveCount, detection, evidenceS } = this.#table;
    for (let k = 0; k < liveCount; k++) {
      const slot = live[k]!;
      evidenceS[slot]! += this.#evidence(slot, detections);
      if (detection[slot] === -1) continue;
      this.#table.correct(slot, detections);
      this.#entrances.see(slot, this.#table.states);
      if (this.#isOnThing(slot, detections.boxes)) this.#table.walkAnew(slot);
      this.#judge(slot);
      this.#sizes.see(slot, detections);
    }
  }

  /** True for somebody not reported yet who is where a thing is that is not seen just now: the box may be that of the thing. */
  #isOnThing(slot: number, boxes: Float32Array): boolean {
    const { live, liveCount, ids, hidden, detection, states } = this.#table;
    if (ids[slot] !== 0 || hidden[slot] === 1) return false;
    for (let k = 0; k < liveCount; k++) {
      const other = live[k]!;
      if (hidden[other] === 0 || detection[other] !== -1) continue;
      if (sharedOfSmaller(states, other, boxes, 4 * detection[slot]!) > ON_THING_SHARE) return true;
    }
    return false;
  }

  /** Seconds by which this picture speaks for a track; for a doubtful one only what is strong and of a usual size does so in full. */
  #evidence(slot: number, { boxes, scores }: Detections): number {
    const { dtS, detection, doubtful, constants } = this.#table;
    const j = detection[slot]!;
    const isStrong = j !== -1 && scores[j]! >= this.#config.newTrackScore && !this.#sizes.isOdd(boxes, 4 * j);
    const share = doubtful[slot] === 1 && !isStrong ? constants.doubtfulShare : 1;
    return share * dtS * (j === -1 ? -constants.missPrice : 1);
  }

  /** Confirms a track that was followed for long enough; it is a person when it has moved, and hidden when it does not. */
  #judge(slot: number): void {
    const { tS, bornS, evidenceS, confirmed, hidden, stillness } = this.#table;
    const { confirmS, stillS } = this.#config;
    if (evidenceS[slot]! + EPSILON_S >= confirmS) confirmed[slot] = 1;
    const followedS = tS - bornS[slot]! + EPSILON_S;
    hidden[slot] = stillS > 0 && followedS >= stillS && !stillness.hasMoved(slot) ? 1 : 0;
  }

  #open(detections: Detections): void {
    const count = Math.min(detections.count, MAX_DETECTIONS);
    for (let j = 0; j < count; j++) {
      if (detections.scores[j]! < this.#config.highScore) continue;
      if (this.#rounds.isTaken(j) || !hasArea(detections.boxes, 4 * j)) continue;
      const isWeak = detections.scores[j]! < this.#config.newTrackScore;
      if (isWeak && this.#isPiece(detections.boxes, 4 * j)) continue;
      const slot = this.#table.start(detections, j);
      if (slot === -1) return;
      this.#table.doubtful[slot] = isWeak || this.#sizes.isOdd(detections.boxes, 4 * j) ? 1 : 0;
      this.#sizes.start(slot);
      this.#entrances.start(slot, this.#table.states);
    }
  }

  /** True for a box on somebody who is no longer doubtful: models see halves of people beside the whole. */
  #isPiece(boxes: Float32Array, at: number): boolean {
    const { live, liveCount, states } = this.#table;
    for (let k = 0; k < liveCount; k++) {
      if (this.#table.isDoubtful(live[k]!)) continue;
      if (sharedOfSmaller(states, live[k]!, boxes, at) > PIECE_SHARE) return true;
    }
    return false;
  }

  #report(detections: Detections): void {
    const { live, liveCount, states, detection, ids } = this.#table;
    const out = this.#tracks;
    out.count = 0;
    out.past.count = 0;
    for (let k = 0; k < liveCount; k++) {
      const slot = live[k]!;
      if (detection[slot] === -1 || !this.#isPerson(slot)) continue;
      if (ids[slot] === 0) this.#introduce(slot);
      const j = detection[slot]!;
      out.ids[out.count] = ids[slot]!;
      out.scores[out.count] = detections.scores[j]!;
      writeBox(states, slot, out.boxes, 4 * out.count);
      for (let c = 0; c < 4; c++) out.seen[4 * out.count + c] = detections.boxes[4 * j + c]!;
      out.count++;
    }
  }

  #isPerson(slot: number): boolean {
    if (this.#table.ids[slot] !== 0) return true;
    if (!this.#entrances.isAdmitted(slot)) return false;
    return this.#table.confirmed[slot] === 1 && (this.#config.stillS === 0 || this.#table.stillness.hasMoved(slot));
  }

  /** Gives a track its id, and tells its past. */
  #introduce(slot: number): void {
    this.#table.ids[slot] = ++this.#lastId;
    this.#table.past.tell(slot, this.#lastId, this.#tracks.past, this.#table.tS);
  }
}
