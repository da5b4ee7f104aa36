const COLUMNS = 8;
const ROWS = 6;
/** So many in a row that never left the place where they began make it suspect. */
const SUSPECT = 1.5;
const MOST = 5;

/**
 * Places where what appears stays attached: the hinge of a door, a flag, a screen. Who begins there has to leave the place
 * before it is somebody.
 */
export class Hinges {
  readonly #cells = new Float32Array(COLUMNS * ROWS);
  readonly #width: number;
  readonly #height: number;

  constructor(width: number, height: number) {
    this.#width = width;
    this.#height = height;
  }

  isSuspect(x: number, y: number): boolean {
    return this.#cells[this.#cellOf(x, y)]! >= SUSPECT;
  }

  /** Takes in whether one who began at x, y has left that place. */
  note(x: number, y: number, hasLeft: boolean): void {
    const cell = this.#cellOf(x, y);
    this.#cells[cell] = hasLeft ? this.#cells[cell]! / 2 : Math.min(MOST, this.#cells[cell]! + 1);
  }

  #cellOf(x: number, y: number): number {
    const column = Math.min(COLUMNS - 1, Math.floor((COLUMNS * x) / this.#width));
    return Math.min(ROWS - 1, Math.floor((ROWS * y) / this.#height)) * COLUMNS + column;
  }
}
