import type { ViewGrid } from "./view-grid.ts";

/**
 * Where a view has its edges and how they run, cell by cell: the doubled angle of the structure tensor (Bigun and Granlund
 * 1987), as long as the fourth root of its energy. Neither light nor contrast nor which side is the brighter changes where it
 * points, and nobody can be seen in it.
 */
export interface Structure {
  readonly across: Float32Array;
  readonly aslant: Float32Array;
}

/** Edges fainter than this tell nothing, levels: noise has as much after some looks. */
export const FAINT = 0.7;

export function createStructure(cells: number): Structure {
  return { across: new Float32Array(cells), aslant: new Float32Array(cells) };
}

/** Writes the structure of tensors (sums of `weight` looks) to `to`. */
export function writeStructure(sums: Structure, looks: number, to: Structure): void {
  for (let cell = 0; cell < to.across.length; cell++) {
    const across = sums.across[cell]! / looks;
    const aslant = sums.aslant[cell]! / looks;
    const energy = Math.hypot(across, aslant);
    const scale = energy > 0 ? energy ** -0.75 : 0;
    to.across[cell] = across * scale;
    to.aslant[cell] = aslant * scale;
  }
}

/** Sums of two structures' cells in each block: what they have in common, and what each has. */
export class BlockMatch {
  /** -1..1 of each block: 1 = the same edges, 0 = nothing in common. */
  readonly likeness: Float32Array;
  /** Mean energy of the second structure's cells in each block, levels. */
  readonly texture: Float32Array;
  /** The same of the first one. */
  readonly own: Float32Array;
  readonly #grid: ViewGrid;
  readonly #cells: Float32Array;

  constructor(grid: ViewGrid) {
    const blocks = grid.blockColumns * grid.blockRows;
    this.#grid = grid;
    this.likeness = new Float32Array(blocks);
    this.texture = new Float32Array(blocks);
    this.own = new Float32Array(blocks);
    this.#cells = new Float32Array(blocks);
    for (const block of grid.blockOf) this.#cells[block]!++;
  }

  /** Energy of the first by that of the second, over all blocks. */
  get energy(): number {
    const sum = (values: Float32Array) => values.reduce((all, one) => all + one, 0);
    return sum(this.own) / Math.max(FAINT, sum(this.texture));
  }

  compare(now: Structure, reference: Structure): void {
    const { blockOf } = this.#grid;
    this.likeness.fill(0);
    this.texture.fill(0);
    this.own.fill(0);
    for (let cell = 0; cell < blockOf.length; cell++) {
      const block = blockOf[cell]!;
      const a = now.across[cell]!;
      const b = now.aslant[cell]!;
      const c = reference.across[cell]!;
      const d = reference.aslant[cell]!;
      this.likeness[block]! += a * c + b * d;
      this.own[block]! += a * a + b * b;
      this.texture[block]! += c * c + d * d;
    }
    for (let block = 0; block < this.likeness.length; block++) {
      const cells = this.#cells[block]!;
      const norm = (this.own[block]! + FAINT * cells) * (this.texture[block]! + FAINT * cells);
      this.likeness[block]! /= Math.sqrt(norm);
      this.texture[block]! /= cells;
      this.own[block]! /= cells;
    }
  }
}
