/** A stretch of dates, `to` excluded, and by how many nats its own explanation beats the ordinary one. */
export interface Interval {
  readonly from: number;
  readonly to: number;
  readonly gain: number;
}

/**
 * The set of stretches without overlap whose gains, each less `price`, are largest together: optimal partitioning (Jackson et al.,
 * 2005) with an ordinary state of gain 0 between them. `gain` says the nats of [from, to), or -Infinity for none.
 * Time: days x longest.
 */
export function bestIntervals(
  days: number,
  { longest, price }: { readonly longest: number; readonly price: number },
  gain: (from: number, to: number) => number,
): Interval[] {
  const best = new Float64Array(days + 1);
  const start = new Int32Array(days + 1).fill(-1);
  for (let to = 1; to <= days; to++) {
    best[to] = best[to - 1]!;
    for (let from = Math.max(0, to - longest); from < to; from++) {
      const value = gain(from, to) - price;
      if (!(value > 0) || best[from]! + value <= best[to]!) continue;
      best[to] = best[from]! + value;
      start[to] = from;
    }
  }
  return readBack(best, start, price);
}

function readBack(best: Float64Array, start: Int32Array, price: number): Interval[] {
  const found: Interval[] = [];
  for (let to = best.length - 1; to > 0; ) {
    const from = start[to]!;
    if (from < 0) {
      to--;
      continue;
    }
    found.push({ from, to, gain: best[to]! - best[from]! + price });
    to = from;
  }
  return found.reverse();
}
