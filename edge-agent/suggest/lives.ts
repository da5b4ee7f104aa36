/** Boxes of one moment, or with `atS` each of its own. */
export interface Seen {
  readonly count: number;
  readonly ids: Int32Array;
  readonly boxes: Float32Array;
  readonly atS?: Float64Array;
}

/** Where a track began and ended, and how far it went; pixels and seconds, feet. */
export interface Life {
  readonly bornS: number;
  readonly bornX: number;
  readonly bornY: number;
  endS: number;
  endX: number;
  endY: number;
  /** The tallest box. */
  height: number;
  /** The furthest from the birth. */
  way: number;
}

/** An hour at 80 new tracks a minute; later ones are left out, and counted. */
const MAX_LIVES = 5_000;
const MOST_LEFT_OUT = 1_000_000;

/** Collects the lives of tracks from their rows, which come in order of time. */
export class Lives {
  readonly #byId = new Map<number, Life>();
  readonly #foot: "bottom" | "centre";
  readonly #leftOut = new Set<number>();
  #lastS = 0;

  constructor(foot: "bottom" | "centre" = "bottom") {
    this.#foot = foot;
  }

  /** Takes in rows of one moment, or with `atS` of their own a past. */
  see(rows: Seen, tS: number): void {
    this.#lastS = Math.max(this.#lastS, tS);
    for (let i = 0; i < rows.count; i++) {
      const [left = 0, top = 0, right = 0, bottom = 0] = rows.boxes.subarray(4 * i, 4 * i + 4);
      const y = this.#foot === "bottom" ? bottom : (top + bottom) / 2;
      this.#note(rows.ids[i] ?? 0, { atS: rows.atS?.[i] ?? tS, x: (left + right) / 2, y, height: bottom - top });
    }
  }

  /** All until now, the time of the last moment, and how many tracks found no room. */
  get all(): { readonly lives: readonly Life[]; readonly lengthS: number; readonly leftOut: number } {
    return { lives: [...this.#byId.values()], lengthS: this.#lastS, leftOut: this.#leftOut.size };
  }

  #note(id: number, { atS, x, y, height }: { atS: number; x: number; y: number; height: number }): void {
    const life = this.#byId.get(id);
    if (life === undefined) {
      const born = { bornS: atS, bornX: x, bornY: y };
      if (this.#byId.size === MAX_LIVES) this.#leaveOut(id);
      else this.#byId.set(id, { ...born, endS: atS, endX: x, endY: y, height, way: 0 });
      return;
    }
    life.endS = atS;
    life.endX = x;
    life.endY = y;
    life.height = Math.max(life.height, height);
    life.way = Math.max(life.way, Math.hypot(x - life.bornX, y - life.bornY));
  }

  /** Counted up to a million: a file that runs wild takes no memory without end. */
  #leaveOut(id: number): void {
    if (this.#leftOut.size < MOST_LEFT_OUT) this.#leftOut.add(id);
  }
}
