// biome-ignore-all lint/style/noNonNullAssertion: a numeric folder, as those of the edge (style 15).

const pairs = (count: number) => (count * (count - 1)) / 2;

/**
 * How far two partitions of the same things agree beyond chance: 1 for the same, about 0 for unrelated ones (adjusted Rand index,
 * Hubert and Arabie 1985). Two partitions that put everything into one cluster agree. Labels are small whole numbers.
 */
export function adjustedRandIndex(a: readonly number[], b: readonly number[]): number {
  const both = new Map<string, number>();
  const [left, right] = [new Map<number, number>(), new Map<number, number>()];
  a.forEach((label, index) => {
    const other = b[index]!;
    const key = `${label} ${other}`;
    both.set(key, (both.get(key) ?? 0) + 1);
    left.set(label, (left.get(label) ?? 0) + 1);
    right.set(other, (right.get(other) ?? 0) + 1);
  });
  const sum = (counts: Iterable<number>) => [...counts].reduce((total, count) => total + pairs(count), 0);
  const [together, ofA, ofB] = [sum(both.values()), sum(left.values()), sum(right.values())];
  const expected = a.length < 2 ? 0 : (ofA * ofB) / pairs(a.length);
  const most = (ofA + ofB) / 2;
  return most === expected ? 1 : (together - expected) / (most - expected);
}

/** More rows would need 2^20 sums; nobody reads twenty clusters. */
export const MOST_ASSIGNED = 16;

/**
 * For each row of `gain` the column that it gets, each column at most once, such that the sum is largest; undefined for rows that
 * get none. Exact, by dynamic programming over subsets of at most `MOST_ASSIGNED` columns: a dozen lines where the packages of
 * npm for the Hungarian method have not been kept for years.
 */
export function assign(gain: readonly (readonly number[])[]): (number | undefined)[] {
  const columns = Math.max(0, ...gain.map((row) => row.length));
  if (columns > MOST_ASSIGNED) throw new RangeError(`at most ${MOST_ASSIGNED} columns can be assigned, not ${columns}`);
  const sets = 1 << columns;
  let best = new Float64Array(sets);
  const choices: Int8Array[] = [];
  for (const row of [...gain].reverse()) {
    const next = Float64Array.from(best);
    const choice = new Int8Array(sets).fill(-1);
    for (let free = 0; free < sets; free++) {
      for (let column = 0; column < row.length; column++) {
        if (!(free & (1 << column))) continue;
        const sum = row[column]! + best[free & ~(1 << column)]!;
        if (sum <= next[free]!) continue;
        next[free] = sum;
        choice[free] = column;
      }
    }
    best = next;
    choices.unshift(choice);
  }
  let free = sets - 1;
  return choices.map((choice) => {
    const column = choice[free]!;
    if (column < 0) return undefined;
    free &= ~(1 << column);
    return column;
  });
}
