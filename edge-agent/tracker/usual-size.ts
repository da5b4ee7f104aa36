/** Places that are remembered; the oldest goes. */
const CAPACITY = 512;
/** Nothing is said before so many people were seen at so many places; then there is a new fit after so many more. */
const LEAST_PEOPLE = 30;
const LEAST_PLACES = 150;
const FIT_EVERY = 64;
const ROUNDS = 8;
/** Heights off by less than this, as a logarithm, weigh in full, others the less the further (Huber 1964). */
const HUBER = 0.15;
/** What speaks for "as high everywhere", in places: those along one line say nothing of the rest. */
const RIDGE = 2;
/** More than so many of the last people are odd: the camera was moved, and all is learned anew. */
const RECENT = 6;
const MOST_ODD = 3;
/** Where people's heights scatter by more than a third of what is odd, size tells nothing. */
const SCATTERS = 3;
const MOST_SCATTER = 0.3;
/** No box is lower, in picture heights: further up there is no floor. */
const LEAST_HEIGHT = 0.02;
/** x, foot, height. */
const NUMBERS = 3;
/** Three equations, each with its right side. */
const WIDE = NUMBERS + 1;

/** Where somebody stands and how high the box is, in picture widths and heights. */
export interface Place {
  readonly x: number;
  readonly foot: number;
  readonly height: number;
}

/**
 * How high boxes of people usually are, by where their feet are: on a level floor a plane in x and foot (Hoiem et al. 2008,
 * "Putting objects in perspective"). It is learned from people who walk through, and says nothing until it has seen enough.
 */
export class UsualSize {
  readonly #oddOff: number;
  readonly #places = new Float64Array(NUMBERS * CAPACITY);
  readonly #plane = new Float64Array(NUMBERS);
  readonly #sums = new Float64Array(NUMBERS * WIDE);
  readonly #wasOdd = new Uint8Array(RECENT);
  #count = 0;
  #people = 0;
  #isKnown = false;
  /** Mean of how far heights are off, and the place furthest up. */
  #scatter = 0;
  #topFoot = 0;

  /** `oddRatio`: a box so many times as high as usual is odd. */
  constructor(oddRatio: number) {
    this.#oddOff = Math.log(oddRatio);
  }

  /** Takes in where somebody stands who is seen whole; `isNew` = for the first time. */
  learn(place: Place, isNew: boolean): void {
    if (isNew) this.#meet(place);
    const at = NUMBERS * (this.#count % CAPACITY);
    this.#places[at] = place.x;
    this.#places[at + 1] = place.foot;
    this.#places[at + 2] = place.height;
    this.#count++;
    if (this.#people < LEAST_PEOPLE || this.#count < LEAST_PLACES) return;
    if (!this.#isKnown || this.#count % FIT_EVERY === 0) this.#fit();
  }

  #meet(place: Place): void {
    this.#wasOdd[this.#people % RECENT] = this.#isKnown && Math.abs(this.#offBy(place)) > this.#oddOff ? 1 : 0;
    this.#people++;
    if (this.#oddCount() > MOST_ODD) this.#forget();
  }

  /** True for a box that is far higher than people are there; false as long as that is not known. */
  isOdd(place: Place): boolean {
    if (!this.#isKnown || SCATTERS * this.#scatter > this.#oddOff) return false;
    return this.#offBy(place) > this.#oddOff;
  }

  /** Logarithm of a height in the usual one. */
  #offBy({ x, foot, height }: Place): number {
    return Math.log(height / this.#usual(x, foot));
  }

  /** Further up than anybody was it is as high as there: the plane ends in the horizon. */
  #usual(x: number, foot: number): number {
    const [level, slope, tilt] = [this.#plane[0]!, this.#plane[1]!, this.#plane[2]!];
    return Math.max(LEAST_HEIGHT, level + slope * (Math.max(foot, this.#topFoot) - 0.5) + tilt * (x - 0.5));
  }

  #oddCount(): number {
    let sum = 0;
    for (let k = 0; k < RECENT; k++) sum += this.#wasOdd[k]!;
    return sum;
  }

  #forget(): void {
    this.#isKnown = false;
    this.#count = 0;
    this.#people = 0;
    this.#wasOdd.fill(0);
  }

  /** Least squares of heights in parts of the usual one, weighed anew in each round. */
  #fit(): void {
    const count = Math.min(this.#count, CAPACITY);
    if (!this.#isKnown) this.#begin(count);
    this.#topFoot = 1;
    for (let k = 0; k < count; k++) this.#topFoot = Math.min(this.#topFoot, this.#places[NUMBERS * k + 1]!);
    for (let round = 0; round < ROUNDS; round++) {
      this.#sum(count);
      solve(this.#sums, this.#plane);
    }
    this.#isKnown = true;
  }

  /** Begins with the median everywhere. */
  #begin(count: number): void {
    const heights = Float64Array.from({ length: count }, (_, k) => this.#places[NUMBERS * k + 2]!).sort();
    this.#plane.fill(0);
    this.#plane[0] = heights[count >> 1]!;
  }

  #sum(count: number): void {
    const sums = this.#sums.fill(0);
    const ridge = RIDGE / Math.max(LEAST_HEIGHT, this.#plane[0]!) ** 2;
    sums[WIDE + 1] = ridge;
    sums[2 * WIDE + 2] = ridge;
    let off = 0;
    for (let k = 0; k < count; k++) off += this.#add(NUMBERS * k);
    this.#scatter = off / count;
  }

  /** Adds a place to the equations; how far it is off, the far ones alike. */
  #add(at: number): number {
    const [x, foot, height] = [this.#places[at]!, this.#places[at + 1]!, this.#places[at + 2]!];
    const usual = this.#usual(x, foot);
    const off = Math.abs(Math.log(height / usual));
    const weight = Math.min(1, HUBER / Math.max(HUBER, off)) / usual ** 2;
    this.#addRow(0, weight, foot - 0.5, x - 0.5, height);
    this.#addRow(1, weight * (foot - 0.5), foot - 0.5, x - 0.5, height);
    this.#addRow(2, weight * (x - 0.5), foot - 0.5, x - 0.5, height);
    return Math.min(off, MOST_SCATTER);
  }

  #addRow(row: number, factor: number, down: number, across: number, height: number): void {
    const at = WIDE * row;
    this.#sums[at]! += factor;
    this.#sums[at + 1]! += factor * down;
    this.#sums[at + 2]! += factor * across;
    this.#sums[at + 3]! += factor * height;
  }
}

/** Solves the equations in `sums` into `out` (Gauss and Jordan; they are positive definite, so no row is exchanged). */
function solve(sums: Float64Array, out: Float64Array): void {
  for (let i = 0; i < NUMBERS; i++) {
    for (let j = 0; j < NUMBERS; j++) {
      if (j === i) continue;
      const share = sums[WIDE * j + i]! / sums[WIDE * i + i]!;
      for (let k = i; k < WIDE; k++) sums[WIDE * j + k]! -= share * sums[WIDE * i + k]!;
    }
  }
  for (let i = 0; i < NUMBERS; i++) out[i] = sums[WIDE * i + NUMBERS]! / sums[WIDE * i + i]!;
}
