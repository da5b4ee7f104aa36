import { blobsIn } from "./blobs-in.ts";
import type { Evidence } from "./hysteresis.ts";
import type { Look } from "./look.ts";
import { SceneNoise } from "./scene-noise.ts";
import type { ViewGrid } from "./view-grid.ts";

/** A cell moves when it changes by so many levels, and by so many times what the middle cell does. */
const MOVES = 1.5;
const MOVES_NOISE = 4;
/** A picture that changes by less than this share of the camera's own noise has lost it. */
const NOISE_GONE = 0.15;
/** A clock in the picture goes on when the picture stands. */
const CLOCK_SHARE = 0.06;
/** Rows of cells at the upper and the lower edge, where it stands. */
const CLOCK_ROWS = 2;
/** Noise that is another than the camera's own: that of a second coder. */
const OTHER_NOISE = 1.4;
/** A cell that has moved so often lately always does: a clock, a screen, a fan. */
const HABIT = 0.6;
const HABIT_S = 30;
/** Cells that may still move in a picture that stands. */
const FEW_CELLS = 2;
/** Who moved so shortly before everything stood, seconds, and now hides what is behind by so many levels, was stopped on the way. */
const JUST_S = 3;
const HIDES = 8;
/** More of the picture than this is not hidden by people but lit otherwise. */
const LIT_SHARE = 0.4;
/** More than this share that changed just then is a lamp that went on or off. */
const LAMP_SHARE = 0.15;
/** That many were not stopped on the way together by chance. */
const CROWD = 3;
/** Levels a second by which the known background follows: who stands for minutes belongs to it. */
const FOLLOW = 0.2;

/**
 * Tells a picture that stands from a place where nothing happens. A place goes on to rustle: every camera has noise, and its own
 * noise stays what it is while the light does. A picture that stands has none, or that of a second coder, and people who
 * were on their way stand in it. A picture that never changed since the first look proves nothing.
 */
export class Stillness {
  readonly noise: SceneNoise;
  readonly #grid: ViewGrid;
  readonly #rest: Float32Array;
  readonly #sinceMovedS: Float32Array;
  readonly #habit: Float32Array;
  readonly #stopped: Uint8Array;
  /** The cells as they were when everything stood; undefined while something moves. */
  #stood: Float32Array | undefined;
  #looks = 0;

  constructor(grid: ViewGrid, noise = new SceneNoise()) {
    const cells = grid.columns * grid.rows;
    this.noise = noise;
    this.#grid = grid;
    this.#rest = new Float32Array(cells);
    this.#sinceMovedS = new Float32Array(cells).fill(Number.POSITIVE_INFINITY);
    this.#habit = new Float32Array(cells);
    this.#stopped = new Uint8Array(cells);
  }

  /** `elapsedS` since the look before. */
  add(look: Look, elapsedS: number): Evidence {
    if (this.#looks++ === 0) {
      this.#rest.set(look.means);
      return undefined;
    }
    const change = middleOf(look.changes);
    const { moving, unusual } = this.#movers(look, change, elapsedS);
    this.noise.see(look.mean);
    const { level } = this.noise;
    const isGone = level !== undefined && change < NOISE_GONE * level && moving <= CLOCK_SHARE * look.means.length;
    const evidence = this.#evidence(look, { change, unusual, isGone });
    if (evidence === "bad") this.noise.hold(change);
    else this.noise.add(change);
    return evidence;
  }

  #evidence(look: Look, { change, unusual, isGone }: Found): Evidence {
    if (isGone) return "bad";
    if (unusual > FEW_CELLS) {
      this.#stood = undefined;
      this.#follow(look, FOLLOW);
      return "good";
    }
    if (this.#stood === undefined) this.#stand(look);
    if (this.#isStopped(look, change)) return "bad";
    return this.noise.level === undefined ? undefined : "good";
  }

  /** Counts the cells that move, and those of them that do not always and are no clock's. */
  #movers({ changes }: Look, change: number, elapsedS: number): { moving: number; unusual: number } {
    const first = CLOCK_ROWS * this.#grid.columns;
    const end = changes.length - first;
    const least = Math.max(MOVES, MOVES_NOISE * change);
    const weight = Math.min(1, elapsedS / HABIT_S);
    let moving = 0;
    let unusual = 0;
    for (let cell = 0; cell < changes.length; cell++) {
      const moves = changes[cell]! > least;
      if (moves) moving++;
      if (moves && cell >= first && cell < end && this.#habit[cell]! < HABIT) unusual++;
      this.#sinceMovedS[cell] = moves ? 0 : this.#sinceMovedS[cell]! + elapsedS;
      this.#habit[cell]! += weight * ((moves ? 1 : 0) - this.#habit[cell]!);
    }
    return { moving, unusual };
  }

  #follow({ means }: Look, levels: number): void {
    for (let cell = 0; cell < means.length; cell++)
      this.#rest[cell]! += Math.max(-levels, Math.min(levels, means[cell]! - this.#rest[cell]!));
  }

  /** Everything stands from here on: notes who was stopped on the way. */
  #stand({ means }: Look): void {
    this.#stood = means.slice();
    this.#stopped.fill(0);
    const away = means.map((mean, cell) => Math.abs(mean - this.#rest[cell]!));
    const hidden = away.filter((levels) => levels > HIDES).length;
    if (hidden > LIT_SHARE * means.length) return;
    for (let cell = 0; cell < means.length; cell++) {
      const isStopped = this.#sinceMovedS[cell]! <= JUST_S && this.#habit[cell]! < HABIT && away[cell]! > HIDES;
      this.#stopped[cell] = isStopped ? 1 : 0;
    }
    const stopped = this.#stopped.reduce((sum, one) => sum + one, 0);
    if (stopped > LAMP_SHARE * means.length) this.#stopped.fill(0);
  }

  #isStopped({ means }: Look, change: number): boolean {
    const { columns, rows } = this.#grid;
    const still = this.#stopped.map((stopped, cell) =>
      stopped === 1 && Math.abs(means[cell]! - this.#stood![cell]!) < HIDES / 2 ? 1 : 0,
    );
    const blobs = blobsIn(still, columns, rows);
    if (blobs === 0) return false;
    return (blobs >= CROWD && this.noise.known !== undefined) || this.noise.isOther(change, OTHER_NOISE);
  }
}

interface Found {
  readonly change: number;
  readonly unusual: number;
  readonly isGone: boolean;
}

function middleOf(values: Float32Array): number {
  return values.slice().sort()[values.length >> 1]!;
}
