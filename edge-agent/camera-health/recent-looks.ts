import type { Look } from "./look.ts";
import { createStructure, type Structure, writeStructure } from "./structure.ts";

/** Looks that a judgement of structure rests on: noise and people who pass are averaged out. */
const LOOKS = 8;

/** The means of the last few looks. */
export class RecentLooks {
  readonly structure: Structure;
  readonly #sums: Structure;
  readonly #ring: readonly Structure[];
  readonly #sharpness = new Float32Array(LOOKS);
  #count = 0;

  constructor(cells: number) {
    this.structure = createStructure(cells);
    this.#sums = createStructure(cells);
    this.#ring = Array.from({ length: LOOKS }, () => createStructure(cells));
  }

  get isFull(): boolean {
    return this.#count >= LOOKS;
  }

  /** The middle one of the last few. */
  get sharpness(): number {
    const known = this.#sharpness.slice(0, Math.min(this.#count, LOOKS)).sort();
    return known[known.length >> 1] ?? 0;
  }

  add({ across, aslant, sharpness }: Look): void {
    const oldest = this.#ring[this.#count % LOOKS]!;
    oldest.across.set(across);
    oldest.aslant.set(aslant);
    this.#sharpness[this.#count % LOOKS] = sharpness;
    this.#count++;
    const looks = Math.min(this.#count, LOOKS);
    this.#sums.across.fill(0);
    this.#sums.aslant.fill(0);
    for (let i = 0; i < looks; i++) addTo(this.#sums, this.#ring[i]!);
    writeStructure(this.#sums, looks, this.structure);
  }
}

function addTo(sums: Structure, one: Structure): void {
  for (let cell = 0; cell < sums.across.length; cell++) {
    sums.across[cell]! += one.across[cell]!;
    sums.aslant[cell]! += one.aslant[cell]!;
  }
}
