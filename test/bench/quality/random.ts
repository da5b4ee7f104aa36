import { seededRandom } from "../../../firmware-config/kit/seeded-random.ts";

/** Draws that are the same everywhere for one seed. */
export class Random {
  /** 0 to 1, 1 excluded. */
  readonly next: () => number;

  constructor(seed: number) {
    this.next = seededRandom(seed);
  }

  /** A whole number, both ends included. */
  between(least: number, most: number): number {
    return least + Math.floor(this.next() * (most - least + 1));
  }

  normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.next())) * Math.cos(2 * Math.PI * this.next());
  }

  /** How many of `count` are kept, each with the same chance; normal where that is as good. */
  binomial(count: number, chance: number): number {
    if (chance >= 1) return count;
    if (count * chance * (1 - chance) > 30) {
      const drawn = Math.round(count * chance + Math.sqrt(count * chance * (1 - chance)) * this.normal());
      return Math.max(0, Math.min(drawn, count));
    }
    let kept = 0;
    for (let i = 0; i < count; i++) if (this.next() < chance) kept++;
    return kept;
  }
}
