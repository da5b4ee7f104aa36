import type { TrackerConstants } from "./constants.ts";

/** Numbers of one track's filter. */
export const STATE = 10;

/** Centre x and y, width, height, velocity x and y (pixels, seconds) within a state. */
export const X = 0;
export const Y = 1;
export const WIDTH = 2;
export const HEIGHT = 3;
const VX = 4;
const VY = 5;
const VAR_POSITION = 6;
const COVARIANCE = 7;
const VAR_VELOCITY = 8;
const VAR_SIZE = 9;

/** Seconds in which an unseen person's velocity falls to 1/e. */
const VELOCITY_MEMORY_S = 10;

/**
 * Kalman filters of boxes: centre with velocity, and size. Any time may pass between two frames.
 *
 * Both axes share their noise (in box heights, as in SORT and ByteTrack), so one 2 x 2 covariance serves x and y, and the
 * filter of a track is ten numbers at `slot * STATE` of `states`. Velocity is an Ornstein-Uhlenbeck process
 * (Singer 1970): a coasting track slows down instead of leaving the picture.
 */
export class MotionFilter {
  readonly states: Float64Array;
  readonly #constants: TrackerConstants;

  constructor(capacity: number, constants: TrackerConstants) {
    this.states = new Float64Array(capacity * STATE);
    this.#constants = constants;
  }

  /** Starts at a detection `left, top, right, bottom` found at `at` in `boxes`. */
  start(slot: number, boxes: Float32Array, at: number): void {
    const { positionNoise, sizeNoise, startSpeed } = this.#constants;
    const states = this.states;
    const s = slot * STATE;
    const height = boxes[at + 3]! - boxes[at + 1]!;
    states[s + X] = (boxes[at]! + boxes[at + 2]!) / 2;
    states[s + Y] = (boxes[at + 1]! + boxes[at + 3]!) / 2;
    states[s + WIDTH] = boxes[at + 2]! - boxes[at]!;
    states[s + HEIGHT] = height;
    states[s + VX] = 0;
    states[s + VY] = 0;
    states[s + VAR_POSITION] = (positionNoise * height) ** 2;
    states[s + COVARIANCE] = 0;
    states[s + VAR_VELOCITY] = (startSpeed * height) ** 2;
    states[s + VAR_SIZE] = (sizeNoise * height) ** 2;
  }

  /** Moves on by `dtS` seconds. */
  predict(slot: number, dtS: number): void {
    const { acceleration, sizeDrift } = this.#constants;
    const states = this.states;
    const s = slot * STATE;
    const kept = Math.exp(-dtS / VELOCITY_MEMORY_S);
    const reach = VELOCITY_MEMORY_S * (1 - kept);
    states[s + X]! += reach * states[s + VX]!;
    states[s + Y]! += reach * states[s + VY]!;
    states[s + VX]! *= kept;
    states[s + VY]! *= kept;
    const power = (acceleration * states[s + HEIGHT]!) ** 2;
    const covariance = states[s + COVARIANCE]!;
    const velocity = states[s + VAR_VELOCITY]!;
    states[s + VAR_POSITION]! += 2 * reach * covariance + reach * reach * velocity + (power * dtS ** 3) / 3;
    states[s + COVARIANCE] = kept * (covariance + reach * velocity) + (power * dtS ** 2) / 2;
    states[s + VAR_VELOCITY] = kept * kept * velocity + power * dtS;
    states[s + VAR_SIZE]! += (sizeDrift * states[s + HEIGHT]!) ** 2 * dtS;
  }

  /** Draws to the detection at `at` in `boxes`; `doubt` >= 1 multiplies the variance of the detection. */
  correct(slot: number, boxes: Float32Array, at: number, doubt: number): void {
    const states = this.states;
    const s = slot * STATE;
    const position = states[s + VAR_POSITION]!;
    const covariance = states[s + COVARIANCE]!;
    const spread = position + (this.#constants.positionNoise * states[s + HEIGHT]!) ** 2 * doubt;
    const gain = position / spread;
    const velocityGain = covariance / spread;
    const errorX = (boxes[at]! + boxes[at + 2]!) / 2 - states[s + X]!;
    const errorY = (boxes[at + 1]! + boxes[at + 3]!) / 2 - states[s + Y]!;
    states[s + X]! += gain * errorX;
    states[s + Y]! += gain * errorY;
    states[s + VX]! += velocityGain * errorX;
    states[s + VY]! += velocityGain * errorY;
    states[s + VAR_POSITION] = position - gain * position;
    states[s + COVARIANCE] = covariance - gain * covariance;
    states[s + VAR_VELOCITY]! -= velocityGain * covariance;
    this.#correctSize(s, boxes, at, doubt);
  }

  #correctSize(s: number, boxes: Float32Array, at: number, doubt: number): void {
    const states = this.states;
    const noise = (this.#constants.sizeNoise * states[s + HEIGHT]!) ** 2 * doubt;
    const gain = states[s + VAR_SIZE]! / (states[s + VAR_SIZE]! + noise);
    states[s + WIDTH]! += gain * (boxes[at + 2]! - boxes[at]! - states[s + WIDTH]!);
    states[s + HEIGHT]! += gain * (boxes[at + 3]! - boxes[at + 1]! - states[s + HEIGHT]!);
    states[s + VAR_SIZE]! *= 1 - gain;
  }
}

/** Writes the filter's box as `left, top, right, bottom` at `at` in `boxes`. */
export function writeBox(states: Float64Array, slot: number, boxes: Float32Array, at: number): void {
  const s = slot * STATE;
  boxes[at] = states[s + X]! - states[s + WIDTH]! / 2;
  boxes[at + 1] = states[s + Y]! - states[s + HEIGHT]! / 2;
  boxes[at + 2] = states[s + X]! + states[s + WIDTH]! / 2;
  boxes[at + 3] = states[s + Y]! + states[s + HEIGHT]! / 2;
}
