/** Numbers of messages from `first` to `last`, both included. */
export interface SeqRange {
  readonly first: number;
  readonly last: number;
}

/** True when the number lies in one of the ranges, which are disjoint and ascending. */
export function covers(ranges: readonly SeqRange[], seq: number): boolean {
  const range = ranges[placeOf(ranges, seq)];
  return range !== undefined && range.first <= seq;
}

/** Of ranges that are disjoint and ascending the place of the first that ends at the number or after it. */
function placeOf(ranges: readonly SeqRange[], seq: number): number {
  let low = 0;
  let high = ranges.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const range = ranges[middle];
    if (range && range.last < seq) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** What adding a number did: which ranges gave way to the one that holds it now. */
export interface Insertion {
  readonly gone: readonly SeqRange[];
  readonly come: SeqRange;
}

/** Adds a number to ranges that do not cover it; they are disjoint, ascending and without neighbours, and stay so. */
export function insert(ranges: SeqRange[], seq: number): Insertion {
  const place = placeOf(ranges, seq);
  const [before, after] = [ranges[place - 1], ranges[place]];
  const joinsBefore = before?.last === seq - 1;
  const joinsAfter = after?.first === seq + 1;
  const come = { first: joinsBefore ? before.first : seq, last: joinsAfter ? after.last : seq };
  const gone = ranges.splice(joinsBefore ? place - 1 : place, Number(joinsBefore) + Number(joinsAfter), come);
  return { gone, come };
}

/** The fewest ranges, disjoint and ascending, that cover exactly what these cover; neighbours become one. */
export function merged(ranges: readonly SeqRange[]): readonly SeqRange[] {
  const result: SeqRange[] = [];
  for (const range of [...ranges].sort((a, b) => a.first - b.first)) {
    const before = result.at(-1);
    if (before && range.first <= before.last + 1)
      result[result.length - 1] = { first: before.first, last: Math.max(before.last, range.last) };
    else result.push(range);
  }
  return result;
}
