import type { Evidence } from "./hysteresis.ts";

/** Seconds over which the rate is measured. */
const SPAN_S = 10;
/** Spans after which a camera's usual rate is known. */
const SPANS = 6;
/** Less than this share of the usual rate, or of what tracking needs, is low. */
const LOW_SHARE = 0.5;
/** Frames a second below which people are lost between two frames. */
const LEAST_FPS = 2.5;
/** Two frames further apart are a gap, or twice as far as asked for; gaps may not be more than half of the time, however many come between. */
const LONGEST_STEP_S = 0.5;
const STEPS = 2;
const GAP_SHARE = 0.5;

/**
 * Whether frames come as often as they used to: a camera may have been slower than `cameras[].fps` from the first. The
 * frames' numbers are counted, which grow over frames that were dropped for lack of time: those came.
 */
export class FrameRate {
  readonly #maxFps: number;
  readonly #spans: number[] = [];
  #usual: number | undefined;
  #startS = Number.NaN;
  #startIndex = 0;
  #beforeS = 0;
  #beforeIndex = 0;
  #gapS = 0;

  constructor(maxFps: number, usual: number | undefined) {
    this.#maxFps = maxFps;
    this.#usual = usual;
  }

  /** Frames a second, once known. */
  get usual(): number | undefined {
    return this.#usual;
  }

  /** Gives what a span that is over says, with its length; undefined while one is under way. */
  add(index: number, atS: number): { readonly evidence: Evidence; readonly spanS: number } | undefined {
    if (Number.isNaN(this.#startS) || index < this.#startIndex) this.#begin(index, atS);
    this.#noteGap(index, atS);
    const spanS = atS - this.#startS;
    if (spanS < SPAN_S) return undefined;
    const fps = (index - this.#startIndex) / spanS;
    const inGaps = this.#gapS / spanS;
    this.#begin(index, atS);
    this.#learn(fps);
    const least = Math.max(
      Math.min(LEAST_FPS, LOW_SHARE * this.#maxFps),
      LOW_SHARE * Math.min(this.#maxFps, this.#usual ?? 0),
    );
    return { evidence: fps < least || inGaps > GAP_SHARE ? "bad" : "good", spanS };
  }

  /** Frames that were dropped for lack of time came evenly between the others. */
  #noteGap(index: number, atS: number): void {
    const elapsedS = atS - this.#beforeS;
    const stepS = elapsedS / Math.max(1, index - this.#beforeIndex);
    if (stepS > Math.max(LONGEST_STEP_S, STEPS / this.#maxFps)) this.#gapS += elapsedS;
    this.#beforeS = atS;
    this.#beforeIndex = index;
  }

  #begin(index: number, atS: number): void {
    this.#gapS = 0;
    this.#beforeS = atS;
    this.#beforeIndex = index;
    this.#startIndex = index;
    this.#startS = atS;
  }

  /** The middle of the first minute's. */
  #learn(fps: number): void {
    if (this.#usual !== undefined) return;
    this.#spans.push(fps);
    if (this.#spans.length >= SPANS) this.#usual = this.#spans.sort((a, b) => a - b)[SPANS >> 1];
  }
}
