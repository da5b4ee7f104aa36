import type { Person } from "./person.ts";

/** So many people who crossed the picture are enough to judge, and so many are remembered. */
const ENOUGH = 4;
const REMEMBERED = 32;
/** From straight above people are as large everywhere; a camera that looks along sees them grow by more than this. */
const GROWN = 1.7;

/** Tells a camera that looks along the floor, not down: there people are larger in the lower part of the picture. */
export class Slant {
  readonly #ratios: number[] = [];

  /** Takes in one who has left. */
  learn({ upperArea, lowerArea, hasLeftBirth }: Person): void {
    if (!hasLeftBirth || upperArea === 0 || lowerArea === 0) return;
    this.#ratios.push(lowerArea / upperArea);
    if (this.#ratios.length > REMEMBERED) this.#ratios.shift();
  }

  /** True when most of those who crossed the picture grew on their way down, or shrank on their way up. */
  get isSeen(): boolean {
    const sorted = [...this.#ratios].sort((a, b) => a - b);
    return sorted.length >= ENOUGH && (sorted[sorted.length >> 1] ?? 0) > GROWN;
  }
}
