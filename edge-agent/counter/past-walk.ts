import type { PastTracks, Tracks } from "../tracker/tracks.ts";
import { type FootPoint, type PictureSize, readFootPoint } from "./foot-point.ts";

/** A long past is told in few moments; between two of them a person is taken to have gone straight, in steps up to this long. */
const STEP_S = 0.25;
const EPSILON_S = 1e-6;

/** Goes through what a person did between birth and the first report, step by step. */
export class PastWalk {
  readonly #picture: PictureSize;
  readonly #see: (slot: number, foot: FootPoint, atS: number) => void;
  readonly #from: FootPoint = { x: 0, y: 0, height: 1 };
  readonly #to: FootPoint = { x: 0, y: 0, height: 1 };
  readonly #step: FootPoint = { x: 0, y: 0, height: 1 };

  /** Shows each step to `see`. */
  constructor(picture: PictureSize, see: (slot: number, foot: FootPoint, atS: number) => void) {
    this.#picture = picture;
    this.#see = see;
  }

  /** The first moment of a track's past; -1 = it has none. */
  find(past: PastTracks, id: number): number {
    for (let i = 0; i < past.count; i++) if (past.ids[i] === id) return i;
    return -1;
  }

  /** Goes from moment `first` of track i to where it is now. */
  walk(slot: number, tracks: Tracks, i: number, { first, tS }: { readonly first: number; readonly tS: number }): void {
    const { past } = tracks;
    readFootPoint(past, first, this.#picture, this.#from);
    this.#see(slot, this.#from, past.atS[first]!);
    let k = first + 1;
    for (; k < past.count && past.ids[k] === past.ids[first]; k++) {
      readFootPoint(past, k, this.#picture, this.#to);
      this.#goOn(slot, past.atS[k - 1]!, past.atS[k]!);
    }
    readFootPoint(tracks, i, this.#picture, this.#to);
    this.#goOn(slot, past.atS[k - 1]!, tS);
  }

  #goOn(slot: number, fromS: number, toS: number): void {
    const [from, to, step] = [this.#from, this.#to, this.#step];
    const steps = Math.ceil((toS - fromS - EPSILON_S) / STEP_S);
    for (let k = 1; k < steps; k++) {
      const share = k / steps;
      step.x = from.x + share * (to.x - from.x);
      step.y = from.y + share * (to.y - from.y);
      step.height = from.height + share * (to.height - from.height);
      this.#see(slot, step, fromS + share * (toS - fromS));
    }
    this.#see(slot, to, toS);
    from.x = to.x;
    from.y = to.y;
    from.height = to.height;
  }
}
