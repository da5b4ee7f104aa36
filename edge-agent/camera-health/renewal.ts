import type { LearnedView } from "./learned-view.ts";
import type { Place, PlaceJudge } from "./place.ts";
import type { Structure } from "./structure.ts";
import type { ViewGrid } from "./view-grid.ts";

/** A shelf that was moved belongs to the view when it has stood so long, seconds. */
const LOST_S = 6 * 3600;
/** Share of the steady blocks that must be as they were meanwhile. */
const REST = 0.75;

export interface Renewing {
  readonly place: Place;
  readonly judge: PlaceJudge;
  readonly now: Structure;
  readonly elapsedS: number;
}

/**
 * Lets the learned view follow a place that is furnished anew, block by block. A block that is as it was is never learned
 * again, and none at all unless most others prove that the camera has not turned: so neither a push nor a slow sagging is
 * learned away.
 */
export class Renewal {
  readonly #grid: ViewGrid;
  readonly #lostS: Float32Array;

  constructor(grid: ViewGrid) {
    this.#grid = grid;
    this.#lostS = new Float32Array(grid.blockColumns * grid.blockRows);
  }

  /** Gives true when a block was learned anew. */
  add(view: LearnedView, { place, judge, now, elapsedS }: Renewing): boolean {
    if (place.good < REST || place.shift !== undefined) return false;
    let isRenewed = false;
    for (let block = 0; block < this.#lostS.length; block++) {
      const isLost = view.edges[block] === 2 && !judge.isGood(block);
      this.#lostS[block] = isLost ? this.#lostS[block]! + elapsedS : 0;
      if (this.#lostS[block]! < LOST_S) continue;
      this.#lostS[block] = 0;
      this.#copy(block, now, view.structure);
      isRenewed = true;
    }
    return isRenewed;
  }

  #copy(block: number, from: Structure, to: Structure): void {
    this.#grid.blockOf.forEach((other, cell) => {
      if (other !== block) return;
      to.across[cell] = from.across[cell]!;
      to.aslant[cell] = from.aslant[cell]!;
    });
  }
}
