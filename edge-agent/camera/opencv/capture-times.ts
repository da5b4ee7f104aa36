import { type Capture, PROPERTY } from "./binding.ts";

/** When a file shows its frames, from what OpenCV tells after each. */
export class CaptureTimes {
  readonly #capture: Capture;
  #count = 0;
  #lastS = 0;
  #stepS = 0;

  constructor(capture: Capture) {
    this.#capture = capture;
  }

  /**
   * Of the frame that was read last, seconds: as the file says, NaN when it does not; and the best guess, for thinning and pacing.
   * OpenCV says 0 for a frame without a time, the last of reordered ones among them.
   */
  next(): { readonly shownS: number; readonly guessS: number } {
    const saidS = this.#capture.get(PROPERTY.positionMs) / 1000;
    const isFirst = this.#count++ === 0;
    const shownS = saidS === 0 && !isFirst ? Number.NaN : saidS;
    const guessS = Number.isNaN(shownS) ? this.#lastS + this.#stepS : shownS;
    if (!isFirst) this.#stepS = guessS - this.#lastS;
    this.#lastS = guessS;
    return { shownS, guessS };
  }
}
