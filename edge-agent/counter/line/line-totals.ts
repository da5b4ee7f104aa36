/** What was counted of a line. */
export interface LineTotals {
  readonly id: string;
  readonly in: number;
  readonly out: number;
}

/** The same line in two counters. */
export function addLine(a: LineTotals, b: LineTotals): LineTotals {
  return { id: a.id, in: a.in + b.in, out: a.out + b.out };
}
