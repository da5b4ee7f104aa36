/**
 * Optimal one-to-one matching of rows to columns, each pair at its cost in `costs` (row-major, `columns` wide).
 * Shortest augmenting paths with dual prices (Jonker & Volgenant 1987), O(n^2 m), in buffers allocated once.
 * Costs capped at a gate make "leave both alone" cost that gate: read a pair at the gate as no pair.
 */
export class Assignment {
  /** Filled by the caller before `solve`. */
  readonly costs: Float64Array;
  /** Column of each row after `solve`; -1 = none. */
  readonly columnOfRow: Int32Array;
  readonly #priceOfShort: Float64Array;
  readonly #priceOfLong: Float64Array;
  readonly #distance: Float64Array;
  readonly #shortOfLong: Int32Array;
  readonly #previous: Int32Array;
  readonly #visited: Uint8Array;
  #shortStep = 0;
  #longStep = 0;
  #long = 0;

  constructor(maxRows: number, maxColumns: number) {
    const longest = Math.max(maxRows, maxColumns) + 1;
    this.costs = new Float64Array(maxRows * maxColumns);
    this.columnOfRow = new Int32Array(maxRows);
    this.#priceOfShort = new Float64Array(longest);
    this.#priceOfLong = new Float64Array(longest);
    this.#distance = new Float64Array(longest);
    this.#shortOfLong = new Int32Array(longest);
    this.#previous = new Int32Array(longest);
    this.#visited = new Uint8Array(longest);
  }

  /** Matches every entry of the shorter side; the result is in `columnOfRow`. */
  solve(rows: number, columns: number): void {
    const tall = rows > columns;
    const short = tall ? columns : rows;
    this.#long = tall ? rows : columns;
    this.#shortStep = tall ? 1 : columns;
    this.#longStep = tall ? columns : 1;
    this.#priceOfShort.fill(0, 0, short + 1);
    this.#priceOfLong.fill(0, 0, this.#long + 1);
    this.#shortOfLong.fill(0, 0, this.#long + 1);
    for (let entry = 1; entry <= short; entry++) this.#augment(entry);
    this.columnOfRow.fill(-1, 0, rows);
    for (let j = 1; j <= this.#long; j++) {
      const i = this.#shortOfLong[j]!;
      if (i === 0) continue;
      this.columnOfRow[tall ? j - 1 : i - 1] = tall ? i - 1 : j - 1;
    }
  }

  /** Gives `entry` a partner along the cheapest path that moves other entries to other partners. */
  #augment(entry: number): void {
    this.#shortOfLong[0] = entry;
    this.#distance.fill(Number.POSITIVE_INFINITY, 0, this.#long + 1);
    this.#visited.fill(0, 0, this.#long + 1);
    let end = 0;
    do {
      end = this.#advance(end);
    } while (this.#shortOfLong[end] !== 0);
    while (end !== 0) {
      const before = this.#previous[end]!;
      this.#shortOfLong[end] = this.#shortOfLong[before]!;
      end = before;
    }
  }

  /** Relaxes the edges of the entry that holds `from`, raises the prices and returns the nearest open partner. */
  #advance(from: number): number {
    this.#visited[from] = 1;
    const entry = this.#shortOfLong[from]!;
    const base = (entry - 1) * this.#shortStep;
    const price = this.#priceOfShort[entry]!;
    let nearest = 0;
    let least = Number.POSITIVE_INFINITY;
    for (let j = 1; j <= this.#long; j++) {
      if (this.#visited[j] === 1) continue;
      const reduced = this.costs[base + (j - 1) * this.#longStep]! - price - this.#priceOfLong[j]!;
      if (reduced < this.#distance[j]!) {
        this.#distance[j] = reduced;
        this.#previous[j] = from;
      }
      if (this.#distance[j]! < least) {
        least = this.#distance[j]!;
        nearest = j;
      }
    }
    this.#reprice(least);
    return nearest;
  }

  #reprice(step: number): void {
    for (let j = 0; j <= this.#long; j++) {
      if (this.#visited[j] === 1) {
        const entry = this.#shortOfLong[j]!;
        this.#priceOfShort[entry] = this.#priceOfShort[entry]! + step;
        this.#priceOfLong[j] = this.#priceOfLong[j]! - step;
      } else {
        this.#distance[j] = this.#distance[j]! - step;
      }
    }
  }
}
