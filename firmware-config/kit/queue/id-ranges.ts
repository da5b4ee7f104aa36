/** First and last of ids in a row. */
export type IdRange = readonly [from: number, to: number];

/** A set of ids, kept as ranges: few numbers for many ids that come nearly in order. */
export class IdRanges {
  #ranges: IdRange[] = [];
  #size = 0;

  constructor(ranges: readonly IdRange[] = []) {
    for (const [from, to] of ranges) this.add(from, to);
  }

  /** How many ids it holds. */
  get size(): number {
    return this.#size;
  }

  list(): readonly IdRange[] {
    return this.#ranges;
  }

  has(id: number): boolean {
    const range = this.#ranges[this.#indexFrom(id)];
    return range !== undefined && range[0] <= id;
  }

  /** Ids from `from` to `to` that it holds. */
  countWithin(from: number, to: number): number {
    let count = 0;
    for (let i = this.#indexFrom(from); i < this.#ranges.length; i += 1) {
      const [first, last] = this.#ranges[i] ?? [0, 0];
      if (first > to) break;
      count += Math.min(last, to) - Math.max(first, from) + 1;
    }
    return count;
  }

  /** The least id from `from` on that it does not hold. */
  nextMissing(from: number): number {
    const range = this.#ranges[this.#indexFrom(from)];
    return range !== undefined && range[0] <= from ? range[1] + 1 : from;
  }

  /** The greatest id up to `to` that it does not hold. */
  lastMissing(to: number): number {
    const range = this.#ranges[this.#indexFrom(to)];
    return range !== undefined && range[0] <= to ? range[0] - 1 : to;
  }

  add(from: number, to: number): void {
    if (from > to) return;
    const start = this.#indexFrom(from - 1);
    let end = start;
    let [first, last] = [from, to];
    for (let range = this.#ranges[end]; range && range[0] <= to + 1; range = this.#ranges[++end]) {
      first = Math.min(first, range[0]);
      last = Math.max(last, range[1]);
      this.#size -= range[1] - range[0] + 1;
    }
    this.#ranges.splice(start, end - start, [first, last]);
    this.#size += last - first + 1;
  }

  /** Takes out every id above `id`. */
  cutAfter(id: number): void {
    const before = this.#ranges;
    this.#ranges = [];
    this.#size = 0;
    for (const [from, to] of before) this.add(from, Math.min(to, id));
  }

  /** Index of the first range that ends at or behind `id`. */
  #indexFrom(id: number): number {
    let low = 0;
    let high = this.#ranges.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#ranges[middle]?.[1] ?? 0) < id) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Sorted or not, as few ranges as they make. */
export function rangesOf(ids: readonly number[]): readonly IdRange[] {
  const ranges = new IdRanges();
  for (const id of ids) ranges.add(id, id);
  return ranges.list();
}
