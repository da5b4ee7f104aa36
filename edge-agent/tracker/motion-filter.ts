/**
 * Kalman filter of one box: centre with velocity, and size. Any time may pass between two frames.
 *
 * Both axes share their noise (in box heights, as in SORT and ByteTrack), so one 2 x 2 covariance serves x and y, and the
 * filter of a track is ten numbers at `slot * STATE` of a flat array. Velocity is an Ornstein-Uhlenbeck process
 * (Singer 1970): a coasting track slows down instead of leaving the picture.
 */
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

/** Standard deviation of a detection's centre, in box heights: 1/20 in ByteTrack (Zhang et al. 2022). */
const POSITION_NOISE = 0.05;
/** The same for width and height. */
const SIZE_NOISE = 0.08;
/** How much the size may drift in a second, in box heights. */
const SIZE_DRIFT = 0.1;
/** Change of velocity in a second, in box heights: a walker's 0.5 m/s over a height of 1.7 m. */
const ACCELERATION = 0.3;
/** Velocity of a new person, in box heights a second: nothing is known but that people walk. */
const START_SPEED = 1;
/** Seconds in which an unseen person's velocity falls to 1/e. */
const VELOCITY_MEMORY_S = 10;

/** Starts the filter at a detection `left, top, right, bottom` found at `at` in `boxes`. */
export function startFilter(states: Float64Array, slot: number, boxes: Float32Array, at: number): void {
  const s = slot * STATE;
  const height = boxes[at + 3]! - boxes[at + 1]!;
  states[s + X] = (boxes[at]! + boxes[at + 2]!) / 2;
  states[s + Y] = (boxes[at + 1]! + boxes[at + 3]!) / 2;
  states[s + WIDTH] = boxes[at + 2]! - boxes[at]!;
  states[s + HEIGHT] = height;
  states[s + VX] = 0;
  states[s + VY] = 0;
  states[s + VAR_POSITION] = (POSITION_NOISE * height) ** 2;
  states[s + COVARIANCE] = 0;
  states[s + VAR_VELOCITY] = (START_SPEED * height) ** 2;
  states[s + VAR_SIZE] = (SIZE_NOISE * height) ** 2;
}

/** Moves the filter `dtS` seconds on. */
export function predictFilter(states: Float64Array, slot: number, dtS: number): void {
  const s = slot * STATE;
  const kept = Math.exp(-dtS / VELOCITY_MEMORY_S);
  const reach = VELOCITY_MEMORY_S * (1 - kept);
  states[s + X]! += reach * states[s + VX]!;
  states[s + Y]! += reach * states[s + VY]!;
  states[s + VX]! *= kept;
  states[s + VY]! *= kept;
  const power = (ACCELERATION * states[s + HEIGHT]!) ** 2;
  const covariance = states[s + COVARIANCE]!;
  const velocity = states[s + VAR_VELOCITY]!;
  states[s + VAR_POSITION]! += 2 * reach * covariance + reach * reach * velocity + (power * dtS ** 3) / 3;
  states[s + COVARIANCE] = kept * (covariance + reach * velocity) + (power * dtS ** 2) / 2;
  states[s + VAR_VELOCITY] = kept * kept * velocity + power * dtS;
  states[s + VAR_SIZE]! += (SIZE_DRIFT * states[s + HEIGHT]!) ** 2 * dtS;
}

/** Draws the filter to the detection at `at` in `boxes`; `doubt` >= 1 multiplies the variance of the detection. */
export function correctFilter(
  states: Float64Array,
  slot: number,
  boxes: Float32Array,
  at: number,
  doubt: number,
): void {
  const s = slot * STATE;
  const height = states[s + HEIGHT]!;
  const position = states[s + VAR_POSITION]!;
  const covariance = states[s + COVARIANCE]!;
  const spread = position + (POSITION_NOISE * height) ** 2 * doubt;
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
  correctSize(states, s, boxes, at, (SIZE_NOISE * height) ** 2 * doubt);
}

function correctSize(states: Float64Array, s: number, boxes: Float32Array, at: number, noise: number): void {
  const gain = states[s + VAR_SIZE]! / (states[s + VAR_SIZE]! + noise);
  states[s + WIDTH]! += gain * (boxes[at + 2]! - boxes[at]! - states[s + WIDTH]!);
  states[s + HEIGHT]! += gain * (boxes[at + 3]! - boxes[at + 1]! - states[s + HEIGHT]!);
  states[s + VAR_SIZE]! *= 1 - gain;
}

/** Writes the filter's box as `left, top, right, bottom` at `at` in `boxes`. */
export function writeBox(states: Float64Array, slot: number, boxes: Float32Array, at: number): void {
  const s = slot * STATE;
  boxes[at] = states[s + X]! - states[s + WIDTH]! / 2;
  boxes[at + 1] = states[s + Y]! - states[s + HEIGHT]! / 2;
  boxes[at + 2] = states[s + X]! + states[s + WIDTH]! / 2;
  boxes[at + 3] = states[s + Y]! + states[s + HEIGHT]! / 2;
}
