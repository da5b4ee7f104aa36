import type { Row } from "./values.ts";

/** A table's rows in the order in which they came, each with a number of its own, so that others can follow what comes and goes. */
export class RowLog {
  #rows: Row[] = [];
  /** The numbers of the rows, which only grow. */
  #ids: number[] = [];
  #nextId = 0;
  #removed: number[] = [];
  #generation = 0;

  get rows(): readonly Row[] {
    return this.#rows;
  }

  /** The number that the next row gets. */
  get nextId(): number {
    return this.#nextId;
  }

  /** Numbers of rows that went since the generation began, in the order in which they went. */
  get removed(): readonly number[] {
    return this.#removed;
  }

  /** Grows when all rows were replaced, so that a follower begins anew. */
  get generation(): number {
    return this.#generation;
  }

  /** Gives the row a number. */
  add(row: Row): number {
    this.#rows.push(row);
    this.#ids.push(this.#nextId);
    this.#nextId += 1;
    return this.#nextId - 1;
  }

  /** Takes away the rows of these numbers, and returns them. */
  remove(ids: ReadonlySet<number>): readonly Row[] {
    if (ids.size === 0) return [];
    const gone: Row[] = [];
    const [rows, kept]: [Row[], number[]] = [[], []];
    for (const [index, row] of this.#rows.entries()) {
      const id = this.#ids[index] ?? -1;
      if (ids.has(id)) gone.push(row);
      else {
        rows.push(row);
        kept.push(id);
      }
    }
    this.#rows = rows;
    this.#ids = kept;
    if (rows.length === 0) this.#begin();
    else for (const id of ids) this.#removed.push(id);
    return gone;
  }

  /** All rows in another form. */
  rewrite(form: (row: Row) => Row): void {
    this.#rows = this.#rows.map(form);
    this.#begin();
  }

  /** Numbers of the rows that `picks` picks. */
  idsOf(picks: (row: Row) => boolean): ReadonlySet<number> {
    return new Set(this.#ids.filter((_, index) => picks(this.#rows[index] ?? {})));
  }

  /** The rows from that number on, with their numbers. */
  since(id: number): { readonly rows: readonly Row[]; readonly ids: readonly number[] } {
    const from = this.#indexOf(id);
    return { rows: this.#rows.slice(from), ids: this.#ids.slice(from) };
  }

  /** The rows of these numbers. */
  of(ids: ReadonlySet<number>): readonly Row[] {
    return this.#rows.filter((_, index) => ids.has(this.#ids[index] ?? -1));
  }

  #begin(): void {
    this.#generation += 1;
    this.#removed = [];
  }

  /** Where the first row with that number or a higher one stands. */
  #indexOf(id: number): number {
    let [low, high] = [0, this.#ids.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#ids[middle] ?? 0) < id) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
