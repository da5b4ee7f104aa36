/** Changes that the level is told from, and the fewest. */
const LOOKS = 120;
const FEWEST = 15;
/** The quiet moments: a tenth of the looks changes less. */
const QUIET = 0.1;
/** Below this a camera has no noise that could be missed, levels: a drawn film, or a coder that leaves out what hardly changes. */
const NONE = 0.1;
/** The noise is another when the light changes by so much: share of it, and levels. */
const LIGHT_SHARE = 0.15;
const LIGHT_LEVELS = 6;
/** Looks in another light after which the noise is learned anew. */
const PATIENCE = 3;

/** Looks of doubt that one look at a moving picture clears: fewer than make it a picture that stands. */
const MOST_HELD = 30;

/** What is kept of it over a restart. */
export interface KnownNoise {
  readonly level: number;
  readonly light: number;
}

/** How much a camera's picture changes from look to look where nothing happens, in one light. */
export class SceneNoise {
  #changes: number[] = [];
  readonly #held: number[] = [];
  #light: number | undefined;
  #otherLight = 0;
  #kept: KnownNoise | undefined;

  constructor(kept?: KnownNoise) {
    this.#kept = kept;
    this.#light = kept?.light;
  }

  /** Mean change of the middle cell in quiet moments, levels; undefined while it is not known or there is none. */
  get level(): number | undefined {
    if (this.#otherLight > 0) return undefined;
    const level = this.#known;
    return level !== undefined && level >= NONE ? level : undefined;
  }

  get known(): KnownNoise | undefined {
    const level = this.level;
    return level === undefined || this.#light === undefined ? undefined : { level, light: this.#light };
  }

  get #known(): number | undefined {
    if (this.#changes.length < FEWEST) return this.#kept?.level;
    return [...this.#changes].sort((a, b) => a - b)[Math.floor(QUIET * this.#changes.length)];
  }

  /** True when `change` is `factor` times more or less than the noise; where there is none, when it is none either. */
  isOther(change: number, factor: number): boolean {
    const level = this.#otherLight > 0 ? undefined : this.#known;
    if (level === undefined) return false;
    if (level < NONE) return change < NONE / 2;
    return change > factor * level || change < level / factor;
  }

  /** Takes note of the light: the mean of the picture. */
  see(mean: number): void {
    this.#light ??= mean;
    const isSame = Math.abs(mean - this.#light) <= LIGHT_SHARE * this.#light + LIGHT_LEVELS;
    this.#otherLight = isSame ? 0 : this.#otherLight + 1;
    if (this.#otherLight <= PATIENCE) return;
    this.#changes = [];
    this.#kept = undefined;
    this.#light = mean;
    this.#otherLight = 0;
  }

  /** Adds the middle cell's change at a look at a live picture, and with it those held back: the picture lived then too. */
  add(change: number): void {
    if (this.#otherLight === 0) this.#changes.push(...this.#held, change);
    this.#held.length = 0;
    if (this.#changes.length > LOOKS) this.#changes.splice(0, this.#changes.length - LOOKS);
  }

  /** Holds back the change at a look at a picture that may stand; after too many of them it does, and they are forgotten. */
  hold(change: number): void {
    if (this.#held.length < MOST_HELD) this.#held.push(change);
    else this.#held.length = 0;
  }
}
