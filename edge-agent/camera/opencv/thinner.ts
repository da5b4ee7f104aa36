/** Takes the first frame of each 1/fps second, as ffmpeg's arguments say it (`ffmpeg-arguments.ts`): the same frames by either driver. */
export class Thinner {
  readonly #fps: number;
  #lastCell = Number.NaN;

  /** `fps` 0 = every frame. */
  constructor(fps: number) {
    this.#fps = fps;
  }

  /** True when the frame at `timeS`, seconds, is to be taken. */
  takes(timeS: number): boolean {
    if (this.#fps === 0) return true;
    const cell = Math.floor(timeS * this.#fps + 0.001);
    if (cell === this.#lastCell) return false;
    this.#lastCell = cell;
    return true;
  }
}
