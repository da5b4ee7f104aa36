import type { LineConfig } from "../../../firmware-config/config/geometry.ts";
import type { FootPoint, PictureSize } from "../foot-point.ts";

/** A counting line in pixels. */
export class CountingLine {
  readonly #x: number;
  readonly #y: number;
  readonly #dx: number;
  readonly #dy: number;
  readonly #length: number;

  constructor(config: LineConfig, picture: PictureSize) {
    this.#x = config.from[0] * picture.width;
    this.#y = config.from[1] * picture.height;
    this.#dx = config.to[0] * picture.width - this.#x;
    this.#dy = config.to[1] * picture.height - this.#y;
    this.#length = Math.hypot(this.#dx, this.#dy);
  }

  /** Distance from the endless line in heights of the person's box; positive on the right hand of `from -> to`. */
  distance(foot: FootPoint): number {
    const cross = this.#dx * (foot.y - this.#y) - this.#dy * (foot.x - this.#x);
    return cross / this.#length / foot.height;
  }

  /** True when the straight way from x, y to `foot` on the other side meets the line between its ends. */
  isMetOnTheWay(x: number, y: number, foot: FootPoint): boolean {
    const wayX = foot.x - x;
    const wayY = foot.y - y;
    const share = ((x - this.#x) * wayY - (y - this.#y) * wayX) / (this.#dx * wayY - this.#dy * wayX);
    return share >= 0 && share <= 1;
  }
}
