import type { Detections } from "../detector/detections.ts";
import type { TrackerConstants } from "./constants.ts";
import { MotionFilter } from "./motion-filter.ts";
import { PastMemory } from "./past-memory.ts";
import { PathMemory } from "./path-memory.ts";
import { Stillness } from "./stillness.ts";

/** After a longer pause all tracks are over anyway. */
const MAX_PAUSE_S = 60;
/** A longer step is a pause, and not how often pictures come; and the share of each step in what is usual. */
const LONGEST_STEP_S = 2;
const STEP_SHARE = 0.2;

/** State of all live tracks as parallel arrays by slot, allocated once; `live` lists the used slots, oldest first. */
export class TrackTable {
  readonly constants: TrackerConstants;
  readonly filter: MotionFilter;
  readonly states: Float64Array;
  /** 1 = followed for long enough to be more than a flicker. */
  readonly confirmed: Uint8Array;
  /** 0 until the track is reported as a person. */
  readonly ids: Int32Array;
  readonly bornS: Float64Array;
  readonly seenS: Float64Array;
  /** Score of the detection at `seenS`. */
  readonly lastScore: Float64Array;
  readonly hits: Int32Array;
  /** Seconds seen less what the seconds unseen cost, until the track is confirmed. */
  readonly evidenceS: Float64Array;
  /** Index of this frame's detection; -1 = not seen in this frame. */
  readonly detection: Int32Array;
  /** Share of the box behind another person, 0..1. */
  readonly covered: Float64Array;
  /** 1 = a thing, which never moved: followed, not reported. */
  readonly hidden: Uint8Array;
  /** 1 = began at a score at which nobody is believed at once. */
  readonly doubtful: Uint8Array;
  readonly path: PathMemory;
  readonly past: PastMemory;
  readonly stillness: Stillness;
  readonly live: Int32Array;
  liveCount = 0;
  /** Time of this picture and of the one before, seconds, and what usually lies between two. */
  tS = Number.NEGATIVE_INFINITY;
  previousS = Number.NEGATIVE_INFINITY;
  stepS = 0;
  readonly #free: Int32Array;
  #freeCount: number;

  constructor(capacity: number, constants: TrackerConstants) {
    this.constants = constants;
    this.filter = new MotionFilter(capacity, constants);
    this.states = this.filter.states;
    this.confirmed = new Uint8Array(capacity);
    this.ids = new Int32Array(capacity);
    this.bornS = new Float64Array(capacity);
    this.seenS = new Float64Array(capacity);
    this.lastScore = new Float64Array(capacity);
    this.hits = new Int32Array(capacity);
    this.evidenceS = new Float64Array(capacity);
    this.detection = new Int32Array(capacity);
    this.covered = new Float64Array(capacity);
    this.hidden = new Uint8Array(capacity);
    this.doubtful = new Uint8Array(capacity);
    this.path = new PathMemory(capacity);
    this.past = new PastMemory(capacity);
    this.stillness = new Stillness(capacity);
    this.live = new Int32Array(capacity);
    this.#free = Int32Array.from({ length: capacity }, (_, k) => capacity - 1 - k);
    this.#freeCount = capacity;
  }

  /** Goes on to the picture of `tS`. */
  advance(tS: number): void {
    this.previousS = this.tS;
    this.tS = tS;
    const dtS = this.dtS;
    if (this.previousS !== Number.NEGATIVE_INFINITY && dtS < LONGEST_STEP_S)
      this.stepS += STEP_SHARE * (dtS - this.stepS);
  }

  /** Time since the picture before. */
  get dtS(): number {
    return Math.max(0, Math.min(MAX_PAUSE_S, this.tS - this.previousS));
  }

  /** Begins an unconfirmed track at detection j; its slot, or -1 when all are in use. */
  start(detections: Detections, j: number): number {
    const tS = this.tS;
    if (this.#freeCount === 0) return -1;
    this.#freeCount--;
    const slot = this.#free[this.#freeCount]!;
    this.live[this.liveCount] = slot;
    this.liveCount++;
    this.ids[slot] = 0;
    this.confirmed[slot] = 0;
    this.bornS[slot] = tS;
    this.hits[slot] = 0;
    this.evidenceS[slot] = 0;
    this.detection[slot] = j;
    this.covered[slot] = 0;
    this.hidden[slot] = 0;
    this.doubtful[slot] = 0;
    this.filter.start(slot, detections.boxes, 4 * j);
    this.path.start(slot);
    this.past.start(slot);
    this.stillness.start(slot, this.states, tS);
    this.#see(slot, detections, tS);
    return slot;
  }

  /** True until a track that began at a low score was seen for long. */
  isDoubtful(slot: number): boolean {
    return this.doubtful[slot] === 1 && this.confirmed[slot] === 0;
  }

  /** Where the track is now is where its walk begins. */
  walkAnew(slot: number): void {
    this.stillness.start(slot, this.states, this.tS);
  }

  /** Draws a track to the detection that it was matched to. */
  correct(slot: number, detections: Detections): void {
    const tS = this.tS;
    const doubt = 1 + this.constants.coveredDoubt * this.covered[slot]!;
    this.filter.correct(slot, detections.boxes, 4 * this.detection[slot]!, doubt);
    this.stillness.watch(slot, this.states, tS);
    this.#see(slot, detections, tS);
  }

  /** Frees the k-th live track; the order of the others stays. */
  release(k: number): void {
    this.#free[this.#freeCount] = this.live[k]!;
    this.#freeCount++;
    this.live.copyWithin(k, k + 1, this.liveCount);
    this.liveCount--;
  }

  #see(slot: number, detections: Detections, tS: number): void {
    const { boxes, scores } = detections;
    const at = 4 * this.detection[slot]!;
    this.seenS[slot] = tS;
    this.lastScore[slot] = scores[this.detection[slot]!]!;
    this.hits[slot] = this.hits[slot]! + 1;
    this.path.add(slot, (boxes[at]! + boxes[at + 2]!) / 2, (boxes[at + 1]! + boxes[at + 3]!) / 2, tS);
    this.stillness.note(slot, boxes, at);
    if (this.ids[slot] === 0) this.past.add(slot, this.states, detections, this.detection[slot]!, tS);
  }
}
