import type { LearnedView } from "./learned-view.ts";
import type { Look } from "./look.ts";
import { BlockMatch, createStructure, type Structure, writeStructure } from "./structure.ts";
import type { ViewGrid } from "./view-grid.ts";

/** Looks of which a view is learned. */
const LOOKS = 60;
/** A block with fewer edges than this has none that could be missed, levels. */
const LEAST_TEXTURE = 2;
/** A block whose two halves of the time are less alike shows people rather than a place. */
const LEAST_LIKENESS = 0.6;

/** Learns a view from a stretch of good looks; people who pass are averaged out. */
export class Learner {
  readonly #grid: ViewGrid;
  readonly #halves: readonly [Structure, Structure];
  readonly #sharpness: number[] = [];
  #looks = 0;
  #greyLooks = 0;

  constructor(grid: ViewGrid) {
    const cells = grid.columns * grid.rows;
    this.#grid = grid;
    this.#halves = [createStructure(cells), createStructure(cells)];
  }

  /** Adds a look; gives the view with the last of them. */
  add(look: Look, grey: boolean): LearnedView | undefined {
    const half = this.#halves[this.#looks * 2 < LOOKS ? 0 : 1];
    for (let cell = 0; cell < half.across.length; cell++) {
      half.across[cell]! += look.across[cell]!;
      half.aslant[cell]! += look.aslant[cell]!;
    }
    this.#sharpness.push(look.sharpness);
    if (grey) this.#greyLooks++;
    this.#looks++;
    return this.#looks < LOOKS ? undefined : this.#view();
  }

  #view(): LearnedView {
    const cells = this.#grid.columns * this.#grid.rows;
    const [first, second] = this.#halves;
    const whole = createStructure(cells);
    for (let cell = 0; cell < cells; cell++) {
      whole.across[cell] = first.across[cell]! + second.across[cell]!;
      whole.aslant[cell] = first.aslant[cell]! + second.aslant[cell]!;
    }
    const parts = this.#halves.map((sums) => {
      const part = createStructure(cells);
      writeStructure(sums, LOOKS / 2, part);
      return part;
    });
    const structure = createStructure(cells);
    writeStructure(whole, LOOKS, structure);
    const match = new BlockMatch(this.#grid);
    match.compare(parts[0]!, parts[1]!);
    const edges = Uint8Array.from(match.likeness, (likeness, block) => {
      if (match.texture[block]! < LEAST_TEXTURE) return 0;
      return likeness >= LEAST_LIKENESS ? 2 : 1;
    });
    const sharpness = this.#sharpness.sort((a, b) => a - b)[LOOKS >> 1]!;
    return { isGrey: this.#greyLooks * 2 > LOOKS, structure, edges, sharpness, width: this.#grid.width };
  }
}
