/**
 * What the tracker knows of people and cameras in general, in body heights and seconds, so that it holds near and far and at
 * any frame rate. `test/bench/perception` measures each on scenes on which it was not chosen; the README has the table.
 */
export interface TrackerConstants {
  /** Growth of the boxes before they are compared, in their own size: at once, per second unseen, and at most. */
  readonly buffer: number;
  readonly bufferPerS: number;
  readonly maxBuffer: number;
  /** Price of a foot point one body height away. */
  readonly distancePrice: number;
  /** Price for turning back rather than going on: OC-SORT's observation-centric momentum (Cao et al. 2023). */
  readonly turnPrice: number;
  /** Price for giving a detection to somebody who stands fully behind another person. */
  readonly coveredPrice: number;
  /** Price of a box e times as high as the person. */
  readonly heightPrice: number;
  /** Price for a track that is not confirmed yet, and for every second unseen. */
  readonly newPrice: number;
  /** Price for one that began at a low score, on top; and how much a second of such scores speaks for it. */
  readonly doubtfulPrice: number;
  readonly doubtfulShare: number;
  readonly unseenPrice: number;
  /** A box so many times as high as people usually are there begins a doubtful track, whatever its score. */
  readonly oddRatio: number;
  /** An unconfirmed track is over when it was unseen for so long; each unseen second takes so many seen ones from it. */
  readonly newLostS: number;
  readonly missPrice: number;
  /** Somebody unseen is remembered for so many pictures more than `lostS`: a slow camera sees them come back later. */
  readonly lostPictures: number;
  /** Dearest pairs allowed: people followed, people continued by a weak detection, hidden things, unconfirmed people. */
  readonly highGate: number;
  /** How much the first opens when half as many pictures come. */
  readonly gatePerOctave: number;
  readonly lowGate: number;
  readonly hiddenGate: number;
  /** Standard deviation of a detection's centre, and of its width and height, in box heights. */
  readonly positionNoise: number;
  readonly sizeNoise: number;
  /** How much the size may drift in a second, in box heights. */
  readonly sizeDrift: number;
  /** Change of velocity in a second, in box heights: a walker's 0.5 m/s over a height of 1.7 m. */
  readonly acceleration: number;
  /** Velocity of a new person, in box heights a second: nothing is known but that people walk. */
  readonly startSpeed: number;
  /** A covered person's box is cut or merged: its variance grows by this for a fully covered one. */
  readonly coveredDoubt: number;
}

export const CONSTANTS: TrackerConstants = {
  buffer: 0.3,
  bufferPerS: 0.8,
  maxBuffer: 1,
  distancePrice: 0.35,
  turnPrice: 0.2,
  coveredPrice: 0.2,
  heightPrice: 0.75,
  newPrice: 0.1,
  doubtfulPrice: 0.4,
  doubtfulShare: 0.1,
  unseenPrice: 0.1,
  oddRatio: 2,
  newLostS: 0,
  missPrice: 1,
  lostPictures: 5,
  highGate: 0.9,
  gatePerOctave: 0.15,
  lowGate: 0.7,
  hiddenGate: 0.7,
  positionNoise: 0.1,
  sizeNoise: 0.08,
  sizeDrift: 0.1,
  acceleration: 0.3,
  startSpeed: 1,
  coveredDoubt: 6,
};

/** Body heights in the length of a box from straight above, which shows shoulders: 1.7 m over 0.5 m. */
const BODY_PER_BOX = 3.4;

/** The same for a camera that looks straight down: what is told in body heights is so many times more in boxes. */
export const FROM_ABOVE: TrackerConstants = {
  ...CONSTANTS,
  // Blobs are split by size before they come here.
  oddRatio: Number.POSITIVE_INFINITY,
  // A body is cut off at the border, where everybody comes in: .35 to .55 count the made scenes alike, .75 loses two of 236.
  heightPrice: 0.45,
  bufferPerS: CONSTANTS.bufferPerS * BODY_PER_BOX,
  distancePrice: CONSTANTS.distancePrice / BODY_PER_BOX,
  acceleration: CONSTANTS.acceleration * BODY_PER_BOX,
  startSpeed: CONSTANTS.startSpeed * BODY_PER_BOX,
};
