import { Path, type PathBox } from "./path.ts";
import { PATH_CONSTANTS, type PathConstants } from "./path-constants.ts";
import type { Tracks } from "./tracks.ts";

/** Rows wait this long for what later pictures tell of them; who is reported later than this has no earlier past in the file. */
export const WAIT_S = 60;
/** The past of somebody who was reported late is told in moments, of which a long one has few. */
const PAST_FILL_S = WAIT_S;
/** Frames that are settled at a time. */
const BATCH = 64;
const EPSILON_S = 1e-6;

/** Takes a row of the finished file. */
export type TakeRow = (frame: number, id: number, row: PathBox) => void;

/**
 * Makes of tracks as they are seen live tracks as they were: with the past of those who were reported late, with short gaps
 * filled, and without the detector's wobble. Frame by frame in order, `WAIT_S` later; the memory is bounded by that.
 */
export class TrackFinisher {
  readonly #takeRow: TakeRow;
  readonly #constants: PathConstants;
  readonly #paths = new Map<number, Path>();
  readonly #row: PathBox = { box: new Float64Array(4), score: 0 };
  /** Frames that wait, and their times. */
  #frames: number[] = [];
  #atS: number[] = [];

  constructor(takeRow: TakeRow, constants: PathConstants = PATH_CONSTANTS) {
    this.#takeRow = takeRow;
    this.#constants = constants;
  }

  /** Takes in the tracks of one frame; they are copied. */
  add(frame: number, tS: number, tracks: Tracks): void {
    const { past } = tracks;
    for (let i = 0; i < past.count; i++) this.#pathOf(past.ids[i]!).add(past.atS[i]!, past, i, PAST_FILL_S);
    for (let i = 0; i < tracks.count; i++) {
      const id = tracks.ids[i]!;
      const hasPast = past.count > 0 && past.ids.subarray(0, past.count).includes(id);
      this.#pathOf(id).add(tS, tracks, i, hasPast ? PAST_FILL_S : this.#constants.fillS);
    }
    this.#frames.push(frame);
    this.#atS.push(tS);
    this.#settle(tS - WAIT_S, BATCH);
  }

  /** The stream is over: gives all that is left. */
  finish(): void {
    this.#settle(Number.POSITIVE_INFINITY, 1);
  }

  #pathOf(id: number): Path {
    const known = this.#paths.get(id);
    if (known) return known;
    const path = new Path(this.#constants);
    this.#paths.set(id, path);
    return path;
  }

  /** Gives the rows of the frames before `untilS`, if there are at least so many. */
  #settle(untilS: number, atLeast: number): void {
    let count = 0;
    while (count < this.#atS.length && this.#atS[count]! < untilS) count++;
    if (count < atLeast) return;
    const ids = [...this.#paths.keys()].sort((a, b) => a - b);
    for (let k = 0; k < count; k++) this.#giveFrame(this.#frames[k]!, this.#atS[k]!, ids);
    const doneS = this.#atS[count - 1]!;
    this.#frames = this.#frames.slice(count);
    this.#atS = this.#atS.slice(count);
    for (const [id, path] of this.#paths) {
      if (path.lastS < doneS - WAIT_S - EPSILON_S) this.#paths.delete(id);
      else path.forget(doneS);
    }
  }

  #giveFrame(frame: number, tS: number, ids: readonly number[]): void {
    for (const id of ids) {
      if (this.#paths.get(id)?.read(tS, this.#row)) this.#takeRow(frame, id, this.#row);
    }
  }
}
